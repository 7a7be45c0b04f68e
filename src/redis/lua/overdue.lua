-- Which deliveries the sweeper must look at: those whose wake entry is due, oldest first.
-- KEYS: wake recordPrefix
-- ARGV: most
-- Returns {id, to, id, to, …}; entries whose record has gone are dropped
-- include: clock
local found = {}
for _, id in ipairs(redis.call('ZRANGE', wake, '-inf', clock(), 'BYSCORE', 'LIMIT', 0, most)) do
  local to = redis.call('HGET', recordPrefix .. id, 'to')
  if to then
    found[#found + 1] = id
    found[#found + 1] = to
  else
    redis.call('ZREM', wake, id)
  end
end
return found
