-- Takes out of the indexes, within a slice of the oldest deliveries, those whose record has gone. None goes before it
-- is as old as finished records become.
-- KEYS: deliveries recordPrefix statusPrefix recipientPrefix aliasPrefix
-- ARGV: rank most retentionMs
-- Returns {seen, dropped}
-- include: clock record forget
local oldEnough = clock() - retentionMs
local slice = redis.call('ZRANGE', deliveries, rank, rank + most - 1, 'WITHSCORES')
local seen, dropped = 0, 0
for i = 1, #slice, 2 do
  if tonumber(slice[i + 1]) > oldEnough then
    break
  end
  seen = seen + 1
  local id, to = string.match(slice[i], '^(%S+) (%S*)$')
  if redis.call('EXISTS', recordPrefix .. id) == 0 then
    forget(id, to)
    dropped = dropped + 1
  end
end
return { seen, dropped }
