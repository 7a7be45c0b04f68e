-- Notes that the history was asked about an unknown outcome and did not settle it. A complete reading that comes
-- late enough counts as one that does not show the message. Each reading counts once, however often it is sent.
-- KEYS: record
-- ARGV: attempt reading absent lagMs found
-- Returns {noted} | {stale, status}
-- include: clock tell record attempt
local now = clock()
local r = redis.call('HMGET', record, 'status', 'attempt', 'horizonAt', 'reading')
if r[1] ~= 'unknown' or r[2] ~= attempt then
  return { 'stale', r[1] or '' }
end
if r[4] == reading then
  return { 'noted' }
end
redis.call('HSET', record, 'lastReadAt', now, 'reading', reading)
redis.call('HDEL', record, 'hinted')
if absent == '1' and now >= r[3] + lagMs then
  redis.call('HINCRBY', record, 'absentReads', 1)
end
note(record, 'asked\t' .. now .. '\t' .. found)
return { 'noted' }
