-- Erases a delivery at which nobody is at work any more: its record, its message's unique, its place in every index.
-- Its id stays known, by a digest and a status, so that the same request again is not sent again.
-- KEYS: record recordPrefix tomb conv lane held wake alias gate unique orphan orphans unknowns doubts bullDelayed bullWait bullPrioritized bullPriorities highs toFront bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetHeld deliveries statusPrefix recipientPrefix aliasPrefix
-- ARGV: id to recipient uniqueId idRetentionMs
-- Returns {moved} | {erased} | {busy, status}
-- include: clock alias record turn front next lane forget
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'fingerprint', 'horizonAt', 'unique')
local status = r[1]
if status == 'queued' or status == 'waiting' or status == 'held' or status == 'sending' then
  return { 'busy', status }
end
-- Until its horizon a sender may still be at work; and a unique that has just come must not stay behind.
if (status == 'unknown' and now < tonumber(r[3])) or (r[4] or '') ~= uniqueId then
  return { 'busy', status or '' }
end
if status then
  leaveLane(id, now)
  redis.call('SET', tomb, r[2] .. ' ' .. status, 'PX', idRetentionMs)
end
redis.call('ZREM', unknowns, id)
redis.call('SREM', doubts, id)
redis.call('HDEL', gate, 'met:' .. id)
redis.call('ZREM', toFront, redis.call('HGET', record, 'job') or ('d-' .. id))
redis.call('DEL', record)
if uniqueId ~= '' then
  redis.call('DEL', unique, orphan)
  redis.call('ZREM', orphans, uniqueId)
end
forget(id, named(to, recipient))
redis.call('ZREM', recipientPrefix .. recipient, id)
return { 'erased' }
