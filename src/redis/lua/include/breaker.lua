-- Closes the gate for the trips-th of the closures, the last for all that follow.
local function trip(trips, now)
  local times = {}
  for ms in string.gmatch(closures, '%d+') do
    times[#times + 1] = tonumber(ms)
  end
  local untilMs = now + times[math.min(trips, #times)]
  writeGate('HSET', 'trips', trips)
  writeGate('HDEL', 'failures')
  closeGate('until', untilMs, 'breaker', now, 'worker')
  return untilMs
end

-- Ends the breaker's time. A gate that is closed for another reason stays closed.
local function reset(now)
  writeGate('HDEL', 'trips')
  local g = gateFacts()
  if g.state ~= 'until' or now < tonumber(g.untilMs) then
    return ''
  end
  writeGate('HDEL', 'state', 'until', 'reason', 'since', 'by')
  return 'open'
end

-- What the attempt's end tells of the provider's health: so many failures in a row trip the breaker, and then its
-- probe alone counts. Returns what it changed: until when the gate is closed, 'open', or ''.
local function weigh(now)
  local was = gateFacts()
  if was.trips then
    if was.probe ~= attempt then
      return ''
    end
    writeGate('HDEL', 'probe', 'probeUntil')
  end
  if health == 'bad' then
    if was.trips then
      return trip(was.trips + 1, now)
    end
    return writeGate('HINCRBY', 'failures', 1) >= tonumber(failuresAllowed) and trip(1, now) or ''
  end
  if health == 'good' and was.failures then
    writeGate('HDEL', 'failures')
  end
  return health == 'good' and was.trips and reset(now) or ''
end
