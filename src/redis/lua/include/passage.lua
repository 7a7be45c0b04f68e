local PROBE_TAKES_MS = 1000

-- Whether the gate keeps an attempt out: its refusal, or false. Then also whether it would be the breaker's probe, and
-- since when retries have no token left. Once the time of a tripped breaker is over, one attempt passes at a time; a
-- probe that never tells its end counts until its horizon.
local function passage(isRetry, now)
  local g = redis.call('HMGET', gate, 'state', 'until', 'reason', 'trips', 'probeUntil', 'retriesEmptyAt')
  if g[1] == 'paused' then
    return { 'gate_paused', g[3] or '' }
  end
  if g[1] == 'until' and now < tonumber(g[2]) then
    return { 'gate_until', g[2], g[3] or '' }
  end
  if g[5] and now < tonumber(g[5]) then
    return { 'gate_until', math.min(now + PROBE_TAKES_MS, tonumber(g[5])), 'breaker' }
  end
  if isRetry and not g[4] and not mayRetry(g[6], now) then
    redis.call('HSET', record, 'notBefore', now + retryWaitMs)
    return { 'backoff', now + retryWaitMs }
  end
  return false, g[4], g[6]
end

-- An attempt passes: as the probe, as a retry that costs a token, or as one that earns some.
local function pass(isRetry, probes, emptyAt, now)
  if probes then
    redis.call('HSET', gate, 'probe', attempt, 'probeUntil', now + horizonMs)
  elseif isRetry then
    spendToken(emptyAt, now)
  else
    earnToken(emptyAt, now)
  end
end
