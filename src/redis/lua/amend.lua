-- Replaces the request of a delivery that has not been sent. One that a worker has in its hands is left alone: the
-- worker would send what it has read. A new time moves a delayed job to the front: a worker delays it anew by it. One
-- that is put off leaves its lane to those behind it, unless order is strict. `operation`: as in conclude.
-- KEYS: record recordPrefix conv lane held wake alias bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetHeld events statusPrefix
-- ARGV: id to recipient before after fingerprint sendAt expiresAt operation
-- Returns {moved} | {unseen} | {refused, status} | {busy} | {changed} | {amended, status}
-- include: clock alias tell record turn front next lane
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'job', 'expiresAt', 'strict')
local status = r[1]
if not status then
  return { 'unseen' }
end
if status ~= 'queued' and status ~= 'waiting' and status ~= 'held' then
  return { 'refused', status }
end
local job = r[2] or ('d-' .. id)
if redis.call('LPOS', bullActive, job) then
  return { 'busy' }
end
if redis.call('HGET', bullJobPrefix .. job, 'data') ~= before then
  return { 'changed' }
end
redis.call('HSET', bullJobPrefix .. job, 'data', after)
redis.call('HSET', record, 'fingerprint', fingerprint, 'expiresAt', expiresAt)
noteOperation(record, now, operation)
if sendAt ~= '' then
  redis.call('HSET', record, 'sendAt', sendAt)
  if now < tonumber(sendAt) and not r[4] then
    leaveLane(id, now)
    redis.call('HDEL', record, 'dueAt')
  end
end
local retimed = sendAt ~= '' or r[3] ~= expiresAt
if retimed and not front(job) and sendAt ~= '' then
  redis.call('ZADD', wake, now + LOOK_AGAIN_MS, id)
end
return { 'amended', status }
