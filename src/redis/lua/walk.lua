-- Walks on through the deliveries of one status that wait, and wakes those whose job is in no queue any more: somebody
-- has removed it, or it has ended before a failover. So is the head looked at that a delivery waits behind.
-- KEYS: statusPrefix recordPrefix lanePrefix wake bullJobPrefix
-- ARGV: status from most
-- Returns {next, count}: where to go on, 0 at the end; how many there are
-- include: clock jobless
local now = clock()
local function check(id)
  local r = redis.call('HMGET', recordPrefix .. id, 'status', 'job', 'to', 'reason', 'conversation')
  local unsent = r[1] == 'queued' or r[1] == 'waiting' or r[1] == 'held'
  if unsent and isJobless(r[2] or ('d-' .. id)) then
    redis.call('ZADD', wake, 'NX', now, id)
  end
  return r[4] == 'lane' and redis.call('ZRANGE', lanePrefix .. (r[5] or r[3]), 0, 0)[1]
end
local ids = redis.call('ZRANGE', statusPrefix .. status, from, from + most - 1)
for _, id in ipairs(ids) do
  local head = check(id)
  if head and head ~= id then
    check(head)
  end
end
return { #ids < tonumber(most) and 0 or from + #ids, redis.call('ZCARD', statusPrefix .. status) }
