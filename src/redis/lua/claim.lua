-- Asks for the right to send each of some deliveries now. If every plain fact allows it, books the account's pace and
-- writes the attempt and `sending`; else books nothing but the pair limit's turn, which is taken once and then
-- waited for, and a retry's next time to ask. A due delivery joins its lane either way. Sent twice by one attempt, it
-- answers the same.
-- KEYS: wake order events gate pace holds budgetPrefix budgetHeld statusPrefix
-- each KEYS: record tomb conv lane held alias
-- ARGV: maxAttempts othersFirstMs rate pairBurst pairIntervalMs aheadMs idRetentionMs billed dayName dayLimit dayEndsAt monthName monthLimit monthEndsAt askHistory
-- each ARGV: id to recipient fingerprint otherFingerprints jobAt attempt send horizonMs retryWaitMs preflight
-- replicated: where that is wished for, before the answer
-- Returns for each {code, now, expiresAt, attempts, closesAt, lastInboundAt, …what the code tells}
-- include: clock alias tell record turn join known standing session reserve limits book gate retries passage window preflight begin each
local now = clock()
local answers = each(function()
  if moved(to, recipient) then
    return { 'moved' }
  end
  local r = redis.call('HMGET', record, 'fingerprint', 'status', 'jobAt', 'expiresAt', 'attempts', 'attempt',
    'startedAt', 'sendAt', 'notBefore', 'pairAt', 'unique', 'reason', 'dueAt', 'lines', 'reserved', 'retry',
    'postponed', 'met')
  local answer = standing(r, now)
  if answer then
    return answer
  end
  local c = redis.call('HMGET', conv, 'closesAt', 'lastInboundAt', 'pairTat', 'historyAskedAt', 'historyClosesAt',
    'flight', 'flightUntil', 'sessionAt')
  local attempts = tonumber(r[5])
  local function refuse(code, ...)
    return { code, now, r[4], attempts, c[1] or '', c[2] or '', ... }
  end
  local waits = ongoing(r) or notNow(r, now)
  if waits then
    return refuse(unpack(waits))
  end
  joinLane(id, now)
  if r[9] and now < tonumber(r[9]) then
    return refuse('backoff', r[9])
  end
  if not isHead(id) or isTaken(id, c[6], c[7], now) then
    return refuse('lane')
  end
  if attempts >= tonumber(maxAttempts) then
    return refuse('attempts')
  end
  local kept = passage(r[16], r[18], now) or windowKeeps(c[1], c[4], c[5], now) or linkUnseen(now)
  if kept then
    return refuse(unpack(kept))
  end
  local pairAt, pairTat = pairTurn(r[10], c[3], now)
  local unbooked, slot = book(pairAt, r[15], c[8], now)
  if unbooked then
    redis.call('HSET', conv, 'pairTat', pairTat or c[3] or 0)
    redis.call('HSET', record, 'pairAt', pairAt)
    redis.call('PEXPIRE', conv, idRetentionMs)
    return refuse(unpack(unbooked))
  end
  pass(r[16], now)
  attempts = attempts + 1
  begin(attempts, now, { status = r[2], lines = r[14], flightUntil = c[7], pairTat = pairTat or c[3] or 0,
    tried = r[2] ~= 'queued' or r[9] or r[10] or r[17] })
  return refuse('go', math.floor(slot - now), r[13] or now)
end)
keepPace()
return answers
