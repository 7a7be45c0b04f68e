-- Closes the gate for the trips-th of the closures, the last for all that follow.
local function trip(trips, now)
  local times = {}
  for ms in string.gmatch(closures, '%d+') do
    times[#times + 1] = tonumber(ms)
  end
  local untilMs = now + times[math.min(trips, #times)]
  redis.call('HSET', gate, 'trips', trips)
  redis.call('HDEL', gate, 'failures')
  closeGate('until', untilMs, 'breaker', now, 'worker')
  return untilMs
end

-- Ends the breaker's time. A gate that is closed for another reason stays closed.
local function reset(now)
  redis.call('HDEL', gate, 'trips')
  local g = redis.call('HMGET', gate, 'state', 'until')
  if g[1] ~= 'until' or now < tonumber(g[2]) then
    return ''
  end
  redis.call('HDEL', gate, 'state', 'until', 'reason', 'since', 'by')
  return 'open'
end

-- What the attempt's end tells of the provider's health: so many failures in a row trip the breaker, and then its
-- probe alone counts. Returns what it changed: until when the gate is closed, 'open', or ''.
local function weigh(now)
  local b = redis.call('HMGET', gate, 'failures', 'trips', 'probe')
  if b[2] then
    if b[3] ~= attempt then
      return ''
    end
    redis.call('HDEL', gate, 'probe', 'probeUntil')
  end
  if health == 'bad' then
    if b[2] then
      return trip(b[2] + 1, now)
    end
    return redis.call('HINCRBY', gate, 'failures', 1) >= tonumber(failuresAllowed) and trip(1, now) or ''
  end
  if health == 'good' and b[1] then
    redis.call('HDEL', gate, 'failures')
  end
  return health == 'good' and b[2] and reset(now) or ''
end
