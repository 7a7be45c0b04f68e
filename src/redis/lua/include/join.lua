-- Puts a due delivery into its lane; one that was held returns to the place it had.
local function joinLane(delivery, now)
  if redis.call('ZSCORE', lane, delivery) then
    return
  end
  local place = redis.call('ZSCORE', held, delivery)
  if place then
    redis.call('ZREM', held, delivery)
    redis.call('HINCRBY', holds, 'window', -1)
  else
    place = redis.call('INCR', order)
  end
  redis.call('ZADD', lane, place, delivery)
  redis.call('HSET', record, 'dueAt', now)
end
