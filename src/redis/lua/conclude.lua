-- Ends a delivery that is not being sent: failed, expired or cancelled. Its job is moved to the front, so that a
-- worker finishes it to match. `operation`: verb, who, source and reason where somebody asked for it, tabs between.
-- KEYS: record recordPrefix tomb conv lane held wake events alias bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetPrefix budgetHeld statusPrefix
-- ARGV: id to recipient status why operation retentionMs idRetentionMs
-- Returns {moved} | {unseen} | {refused, status} | {concluded, status}
-- include: clock alias tell record turn front next lane give-back progress
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'fingerprint', 'job', 'reserved')
if not r[1] then
  return { 'unseen' }
end
if r[1] == status then
  return { 'concluded', status }
end
if r[1] ~= 'queued' and r[1] ~= 'waiting' and r[1] ~= 'held' then
  return { 'refused', r[1] }
end
noteOperation(record, now, operation)
move(record, id, status, why, now, r[1])
giveBack(r[4], now)
leaveLane(id, now)
local job = r[3] or ('d-' .. id)
showProgress(job, status)
front(job)
redis.call('PEXPIRE', record, retentionMs)
redis.call('SET', tomb, r[2] .. ' ' .. status, 'PX', idRetentionMs)
return { 'concluded', status }
