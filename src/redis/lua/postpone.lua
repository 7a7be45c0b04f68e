-- An attempt came to nothing that counts: the delivery keeps its place in the lane and is tried again later.
-- One that is `released` was never dispatched by the process that claimed it: its claim, where that comes later, is
-- refused. An attempt that does not count is taken back.
-- FAIL 7/8 closes the window here, unless the client wrote after the attempt had begun.
-- KEYS: record conv lane wake order events alias gate unknowns doubts recordPrefix budgetPrefix budgetHeld bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix statusPrefix
-- ARGV: id to recipient attempt outcome reason detail status why delayMs gateState gateMs gateReason health counts failuresAllowed closures
-- Returns {moved} | {stale, status} | {postponed, now, corrected, gateMove}
-- include: clock alias tell record attempt gate breaker accused front give-back
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'attempt', 'attempts', 'send', 'startedAt', 'postponed', 'reserved')
if not mine(r[1], r[2]) then
  -- The same again: the connection was lost before the first answer came.
  if r[6] == attempt and (r[1] == 'waiting' or r[1] == 'held') then
    return { 'postponed', now, 0 }
  end
  if reason == 'released' and r[1] then
    redis.call('HSET', record, 'postponed', attempt)
  end
  return { 'stale', r[1] or '' }
end
-- Given up for good: its job has ended, so that nothing would send it again.
if redis.call('HGET', record, 'reason') == 'unresolved' then
  return { 'stale', r[1] }
end
if r[1] == 'unknown' then
  redis.call('ZREM', unknowns, id)
  redis.call('SREM', doubts, id)
end
if redis.call('HGET', conv, 'flight') == id then
  redis.call('HDEL', conv, 'flight', 'flightUntil')
end
local corrected = 0
if outcome == 'window_closed' then
  local c = redis.call('HMGET', conv, 'closesAt', 'inboundSeenAt')
  if tonumber(c[2] or 0) < tonumber(r[5]) then
    redis.call('HSET', conv, 'closesAt', math.min(tonumber(c[1] or now), now))
    corrected = (c[1] and tonumber(c[1]) > now) and 1 or 0
  end
end
if gateState ~= '' then
  closeGate(gateState, now + gateMs, gateReason, now, 'worker')
end
if outcome == 'account_error' then
  accuse(reason, r[5])
end
local gateMove = weigh(now)
giveBack(r[7], now)
redis.call('HSET', record, 'notBefore', now + delayMs, 'postponed', attempt)
redis.call('HDEL', record, 'attempt')
if counts == '0' then
  redis.call('HINCRBY', record, 'attempts', -1)
end
if health == 'bad' then
  redis.call('HSET', record, 'retry', 1)
end
-- One that was given up as unknown has left its lane: it goes before those that waited for it. Its job sleeps
-- long, hence the wake entry.
if not redis.call('ZSCORE', lane, id) then
  local head = redis.call('ZRANGE', lane, 0, 0, 'WITHSCORES')
  redis.call('ZADD', lane, head[2] and head[2] - 1 or redis.call('INCR', order), id)
end
redis.call('ZADD', wake, now + delayMs + 5000, id)
move(record, id, status, why, now, r[1], { line = attemptLine(r[3], r[4], now, outcome, reason, detail) })
return { 'postponed', now, corrected, gateMove }
