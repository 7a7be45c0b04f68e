-- Whether another delivery of the conversation is in flight. One whose outcome is unknown counts until its
-- horizon, when no sender can send it any more.
local function taken(delivery, now)
  local flight = redis.call('HMGET', conv, 'flight', 'flightUntil')
  if not flight[1] or flight[1] == delivery then
    return false
  end
  local horizon = tonumber(flight[2] or 0)
  return horizon == 0 or now < horizon
end

-- Whether it is the delivery's turn: the head of its lane, with none in flight.
local function mayGo(delivery, now)
  return redis.call('ZRANGE', lane, 0, 0)[1] == delivery and not taken(delivery, now)
end
