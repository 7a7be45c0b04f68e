-- Walks on through the deliveries by creation, up to those that are not new any more, and wakes what nobody has claimed
-- yet and has no job: somebody has removed it, or it has ended before a failover. What waits or is held is found by its
-- own walk.
-- KEYS: deliveries recordPrefix wake bullJobPrefix
-- ARGV: at skip most newMs
-- Returns {seen, at, skip, oldestQueuedAt or ''}: where to go on, as a time and how many of that time have been seen
-- include: clock jobless
local now = clock()
local slice = redis.call('ZRANGE', deliveries, at, now - newMs, 'BYSCORE', 'LIMIT', skip, most, 'WITHSCORES')
local oldest = ''
for i = 1, #slice, 2 do
  local id = string.match(slice[i], '^%S+')
  local r = redis.call('HMGET', recordPrefix .. id, 'status', 'job')
  if r[1] == 'queued' then
    oldest = oldest == '' and slice[i + 1] or oldest
    if isJobless(r[2] or ('d-' .. id)) then
      redis.call('ZADD', wake, 'NX', now, id)
    end
  end
  skip = slice[i + 1] == at and skip + 1 or 1
  at = slice[i + 1]
end
return { #slice / 2, at, skip, oldest }
