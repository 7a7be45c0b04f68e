-- Ties a delivery that failed or expired to the one that is made of it. The first tie stands; said again once the
-- made one is there, that one is tied back, and the first one's timeline says who asked for it.
-- KEYS: record made events statusPrefix
-- ARGV: id madeId operation
-- Returns {refused, status or ''} | {tied, madeId}
-- include: clock tell record
local r = redis.call('HMGET', record, 'status', 'resentAs')
if not r[2] then
  if r[1] ~= 'failed' and r[1] ~= 'expired' then
    return { 'refused', r[1] or '' }
  end
  redis.call('HSET', record, 'resentAs', madeId)
end
if r[2] == madeId and redis.call('EXISTS', made) == 1 then
  if redis.call('HSETNX', made, 'resendOf', id) == 1 then
    noteOperation(record, clock(), operation)
  end
end
return { 'tied', r[2] or madeId }
