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
