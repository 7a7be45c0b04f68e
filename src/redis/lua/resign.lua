-- Closes the book on an unknown outcome: it stays unknown, and nobody will ask any more.
-- KEYS: record tomb events unknowns doubts wake statusPrefix
-- ARGV: id retentionMs idRetentionMs
-- Returns {resigned} | {refused, status}
-- include: clock tell record
local now = clock()
local r = redis.call('HMGET', record, 'status', 'fingerprint', 'reason')
if r[1] ~= 'unknown' then
  return { 'refused', r[1] or '' }
end
if r[3] ~= 'unresolved' then
  move(record, id, 'unknown', 'unresolved', now, r[1])
end
redis.call('ZREM', unknowns, id)
redis.call('SREM', doubts, id)
redis.call('ZREM', wake, id)
redis.call('PEXPIRE', record, retentionMs)
redis.call('SET', tomb, r[2] .. ' unknown', 'PX', idRetentionMs)
return { 'resigned' }
