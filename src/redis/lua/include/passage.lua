local PROBE_TAKES_MS = 1000

-- Whether the gate keeps an attempt out: its refusal, or false. Once the time of a tripped breaker is over, one attempt
-- passes at a time; a probe that never tells its end counts until its horizon. Who has met an account error lets the
-- others go first when the account is open again.
local function passage(isRetry, met, now)
  local g = gateFacts()
  if g.state == 'paused' then
    return { 'gate_paused', g.reason or '' }
  end
  if g.state == 'until' and now < tonumber(g.untilMs) then
    return { 'gate_until', g.untilMs, g.reason or '' }
  end
  if met and g.wellAt and now < g.wellAt + othersFirstMs then
    redis.call('HSET', record, 'notBefore', g.wellAt + othersFirstMs)
    return { 'backoff', g.wellAt + othersFirstMs }
  end
  if g.probeUntil and now < tonumber(g.probeUntil) then
    return { 'gate_until', math.min(now + PROBE_TAKES_MS, tonumber(g.probeUntil)), 'breaker' }
  end
  if isRetry and not g.trips and not mayRetry(g.retriesEmptyAt, now) then
    redis.call('HSET', record, 'notBefore', now + retryWaitMs)
    return { 'backoff', now + retryWaitMs }
  end
  return false
end

-- An attempt passes: as the probe, as a retry that costs a token, or as one that earns some.
local function pass(isRetry, now)
  local g = gateFacts()
  if g.trips then
    writeGate('HSET', 'probe', attempt, 'probeUntil', now + horizonMs)
  elseif isRetry then
    spendToken(g.retriesEmptyAt, now)
  else
    earnToken(g.retriesEmptyAt, now)
  end
end
