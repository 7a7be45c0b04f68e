-- Takes a delivery out of its lane for good, and lets the next one go.
local function leaveLane(delivery, now)
  redis.call('ZREM', lane, delivery)
  if redis.call('ZREM', held, delivery) == 1 then
    redis.call('HINCRBY', holds, 'window', -1)
  end
  redis.call('ZREM', wake, delivery)
  redis.call('ZREM', budgetHeld, delivery)
  if redis.call('HGET', conv, 'flight') == delivery then
    redis.call('HDEL', conv, 'flight', 'flightUntil')
  end
  wakeHead(now)
end
