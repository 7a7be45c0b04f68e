-- Lets the next one of the lane go, after one that was in flight.
local function land(delivery, flight, now)
  redis.call('ZREM', lane, delivery)
  redis.call('ZREM', wake, delivery)
  if flight == delivery then
    redis.call('HDEL', conv, 'flight', 'flightUntil')
  end
  wakeHead(now)
end
