-- Notes what a look at the file's link found, and for how long that counts; or lets the delivery wait until the link is
-- looked at again. Each look is noted once, however often it is sent.
-- KEYS: record wake events statusPrefix
-- ARGV: id look link found detail looks validMs againMs
-- Returns {ended, status} | {noted, now}
-- include: clock tell record
local now = clock()
local r = redis.call('HMGET', record, 'status', 'preflight')
if r[2] == look then
  return { 'noted', now }
end
if r[1] ~= 'queued' and r[1] ~= 'waiting' and r[1] ~= 'held' then
  return { 'ended', r[1] or '' }
end
redis.call('HSET', record, 'preflight', look, 'preflightLink', link, 'preflightUntil', now + validMs, 'preflights', looks,
  'preflightFound', found)
note(record, 'preflight\t' .. now .. '\t' .. found .. '\t' .. detail)
if againMs ~= '' then
  redis.call('HSET', record, 'notBefore', now + againMs)
  redis.call('ZADD', wake, now + againMs + 5000, id)
  move(record, id, 'waiting', 'preflight', now, r[1])
end
return { 'noted', now }
