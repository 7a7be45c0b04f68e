-- Replaces the request of a delivery that has not been sent. One that a worker has in its hands is left alone: the
-- worker would send what it has read. A new end moves a delayed job to the front: it is delayed anew by it.
-- KEYS: record bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix
-- ARGV: id before after fingerprint expiresAt
-- Returns {unseen} | {refused, status} | {busy} | {changed} | {amended, status}
-- include: front
local r = redis.call('HMGET', record, 'status', 'job', 'expiresAt')
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
if r[3] ~= expiresAt then
  front(job)
end
return { 'amended', status }
