-- Ends attempts for their lanes: the provider took the message, or never will. Compare-and-set on the attempt;
-- sent twice, it answers the same.
-- KEYS: wake recordPrefix events gate orphans ledger ledgerRows bullDelayed bullWait bullPrioritized bullPriorities highs toFront bullMarker bullMeta bullActive bullEvents bullJobPrefix unknowns budgetPrefix budgetHeld others othersTo statusPrefix
-- each KEYS: record tomb conv lane alias unique orphan doubts accepts
-- ARGV: precedence unconfirmedMs retentionMs idRetentionMs failuresAllowed
-- each ARGV: id to recipient attempt outcome reason detail why uniqueId acceptedAt windowLeftMs originalRequest billed gateState gateMs gateReason proof health closures
-- Returns for each {moved} | {stale, status} | {settled, status, now, dueAt, sessionOpenedAt or '', gateMove}
-- include: clock alias tell record turn front to-front next land attempt gate breaker session fold ledger give-back receipts acceptance progress each
local now = clock()
local answers = each(function()
  if moved(to, recipient) then
    return { 'moved' }
  end
  local r = redis.call('HMGET', record, 'status', 'attempt', 'attempts', 'send', 'fingerprint', 'dueAt', 'startedAt',
    'acceptedAt', 'sessionOpenedAt', 'job', 'reserved', 'lines')
  if not mine(r[1], r[2]) then
    -- The same again: the connection was lost before the first answer came.
    if r[2] == attempt and (r[8] ~= false) == (outcome == 'accepted') then
      return { 'settled', r[1], now, r[6] or r[7], r[9] or '' }
    end
    return { 'stale', r[1] or '' }
  end
  if proof == '1' and (redis.call('GET', unique) or id) ~= id then
    return { 'stale', r[1] }
  end
  if r[1] == 'unknown' then
    redis.call('ZREM', unknowns, id)
    redis.call('SREM', doubts, id)
  end
  if gateState ~= '' then
    closeGate(gateState, now + gateMs, gateReason, now, 'worker')
  end
  local gateMove = weigh(now)
  local v = redis.call('HMGET', conv, 'closesAt', 'sessionAt', 'sessionBefore', 'flight')
  local status, facts, openedAt = 'failed', nil, nil
  if outcome == 'accepted' then
    status = 'accepted'
    facts, openedAt = countAcceptance({ closesAt = v[1], sessionAt = v[2], sessionBefore = v[3] }, now)
  end
  local line = attemptLine(r[3], r[4], now, outcome, reason, detail)
  move(record, id, status, why, now, r[1], { facts = facts, line = line, lines = r[12], attempts = r[3] })
  local isUnconfirmed
  if facts then
    status, isUnconfirmed = own(now)
  end
  if not openedAt then
    giveBack(r[11], now)
  elseif r[11] then
    redis.call('HDEL', record, 'reserved')
  end
  land(id, v[4], now)
  if isUnconfirmed then
    redis.call('ZADD', wake, now + unconfirmedMs, id)
  end
  local job = r[10] or ('d-' .. id)
  showProgress(job, status)
  -- Of an attempt that was given up as unknown the job stands among the delayed, and nobody has it in hand.
  if r[1] == 'unknown' then
    front(job)
  end
  redis.call('PEXPIRE', record, retentionMs)
  redis.call('PEXPIRE', conv, idRetentionMs)
  redis.call('SET', tomb, r[5] .. ' ' .. status, 'PX', idRetentionMs)
  return { 'settled', status, now, r[6] or r[7], openedAt or '', gateMove }
end)
advanceToFront(now)
return answers
