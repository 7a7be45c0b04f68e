local LOOK_AGAIN_MS = 5000

-- Moves the lane's head to the front of the queue. Where its job is not delayed (not added yet, or just being
-- parked), the wake entry makes the sweeper look.
local function wakeHead(now)
  local head = redis.call('ZRANGE', lane, 0, 0)[1]
  if not head or taken(head, now) then
    return
  end
  local job = redis.call('HGET', recordPrefix .. head, 'job') or ('d-' .. head)
  if not front(job) then
    redis.call('ZADD', wake, now + LOOK_AGAIN_MS, head)
  end
end

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
