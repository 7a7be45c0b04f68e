-- Takes a request in: new, the same again, or another payload under a known id. A due one joins its lane.
-- The request itself stays in the record only until its job has been seen in the queue.
-- KEYS: record tomb conv lane held wake order events alias holds
-- ARGV: id to recipient fingerprint job jobAt sendAt expiresAt strict request refused idRetentionMs
-- Returns {moved} | {conflict} | {again, status, jobAt while the job was not seen} | {refused} | {new, delayMs, status}
-- include: clock alias record turn join known
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local known = redis.call('HMGET', record, 'fingerprint', 'status', 'request', 'jobAt')
if known[1] then
  if known[1] ~= fingerprint then
    return { 'conflict' }
  end
  return { 'again', known[2], known[3] and known[4] or '' }
end
local mark, status = fromTomb()
if mark then
  return mark == fingerprint and { 'again', status, '' } or { 'conflict' }
end

redis.call('HSET', record, 'fingerprint', fingerprint, 'to', to, 'createdAt', now, 'jobAt', jobAt,
  'sendAt', sendAt, 'expiresAt', expiresAt, 'attempts', 0)
if job ~= 'd-' .. id then
  redis.call('HSET', record, 'job', job)
end
if refused ~= '' then
  redis.call('HSET', record, 'errors', refused)
  move(record, id, 'failed', 'invalid', now)
  redis.call('PEXPIRE', record, idRetentionMs)
  return { 'refused' }
end
redis.call('HSET', record, 'request', request)
redis.call('ZADD', wake, now + 5000, id)
if strict == '1' then
  redis.call('HSET', record, 'strict', 1)
end

local due = tonumber(sendAt) <= now
if due or strict == '1' then
  joinLane(id, now)
end
move(record, id, 'queued', '', now)
if not due then
  move(record, id, 'waiting', 'schedule', now)
  return { 'new', sendAt - now, 'waiting' }
end
if not mayGo(id, now) then
  move(record, id, 'waiting', 'lane', now)
  return { 'new', expiresAt - now, 'waiting' }
end
return { 'new', 0, 'queued' }
