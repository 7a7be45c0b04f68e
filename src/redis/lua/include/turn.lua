-- Whether another delivery of the conversation is in flight. One whose outcome is unknown counts until its
-- horizon, when no sender can send it any more.
local function isTaken(delivery, flight, flightUntil, now)
  if not flight or flight == delivery then
    return false
  end
  local horizon = tonumber(flightUntil or 0)
  return horizon == 0 or now < horizon
end

local function taken(delivery, now)
  local flight = redis.call('HMGET', conv, 'flight', 'flightUntil')
  return isTaken(delivery, flight[1], flight[2], now)
end

local function isHead(delivery)
  return redis.call('ZRANGE', lane, 0, 0)[1] == delivery
end

-- Whether it is the delivery's turn: the head of its lane, with none in flight.
local function mayGo(delivery, now)
  return isHead(delivery) and not taken(delivery, now)
end
