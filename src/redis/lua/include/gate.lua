-- What the account's gate holds: read once, and anew after it was written.
local gateRead

local function gateFacts()
  if not gateRead then
    local g = redis.call('HMGET', gate, 'state', 'until', 'reason', 'by', 'trips', 'probe', 'probeUntil',
      'failures', 'retriesEmptyAt', 'wellAt')
    gateRead = { state = g[1], untilMs = g[2], reason = g[3], by = g[4], trips = g[5], probe = g[6],
      probeUntil = g[7], failures = g[8], retriesEmptyAt = g[9], wellAt = g[10] }
  end
  return gateRead
end

local function writeGate(command, ...)
  gateRead = nil
  return redis.call(command, gate, ...)
end

-- Closes the account's gate: until a time, or until somebody opens it. A pause outlives a time, and the later of two
-- times counts; what a person has paused, no worker pauses anew. `since` tells when it was first closed in this way.
local function closeGate(state, untilMs, reason, now, by, who, source)
  local known = gateFacts()
  if known.state == 'paused' and (state ~= 'paused' or (by == 'worker' and known.by ~= by)) then
    return
  end
  if known.state == 'until' and state == 'until' and tonumber(known.untilMs) >= untilMs then
    return
  end
  writeGate('HSET', 'state', state, 'until', untilMs, 'reason', reason, 'by', by)
  if known.state == state then
    return
  end
  writeGate('HSET', 'since', now)
  if state == 'paused' then
    tell('account', 'paused', 'reason', reason, 'by', by, 'who', who or '', 'source', source or '')
  end
end
