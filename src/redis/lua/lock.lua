-- Lets a delivery wait whose request cannot be read, for want of its data key: whoever has it goes on with it. What needs
-- no request is told: that its time is over, or that it has ended.
-- KEYS: record wake events statusPrefix
-- ARGV: id againMs
-- Returns {unseen, now} | {under_way, now} | {ended, status, unique, reason} | {expired, to} | {waits, now}
-- include: clock tell record
local now = clock()
local r = redis.call('HMGET', record, 'status', 'reason', 'unique', 'expiresAt', 'to')
local status = r[1]
if not status then
  return { 'unseen', now }
end
if status == 'sending' or (status == 'unknown' and r[2] ~= 'unresolved') then
  return { 'under_way', now }
end
if status ~= 'queued' and status ~= 'waiting' and status ~= 'held' then
  return { 'ended', status, r[3] or '', r[2] or '' }
end
if now >= tonumber(r[4]) then
  return { 'expired', r[5] }
end
redis.call('HSET', record, 'notBefore', now + againMs)
redis.call('ZADD', wake, now + againMs + 5000, id)
if status ~= 'waiting' or r[2] ~= 'data_key' then
  move(record, id, 'waiting', 'data_key', now, status)
end
return { 'waits', now }
