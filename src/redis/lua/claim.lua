-- Asks for the right to send one delivery now. If every plain fact allows it, books the account's pace and
-- writes the attempt and `sending`; else books nothing but the pair limit's turn, which is taken once and then
-- waited for. A due delivery joins its lane either way. Sent twice by one attempt, it answers the same.
-- KEYS: record tomb conv lane held wake order events alias gate pace holds budgetPrefix budgetHeld
-- ARGV: id to recipient fingerprint jobAt attempt send horizonMs maxAttempts rate pairBurst pairIntervalMs aheadMs idRetentionMs billed dayName dayLimit dayEndsAt monthName monthLimit monthEndsAt
-- Returns {code, now, expiresAt, attempts, closesAt, lastInboundAt, …what the code tells}
-- include: clock alias record turn join known session reserve limits begin
local now = clock()
if moved(to, recipient) then
  return { 'moved' }
end
local r = redis.call('HMGET', record, 'fingerprint', 'status', 'jobAt', 'expiresAt', 'attempts', 'attempt',
  'startedAt', 'sendAt', 'notBefore', 'pairAt', 'unique', 'reason', 'dueAt', 'request', 'reserved')
if not r[1] then
  local mark, ended = fromTomb()
  if not mark then
    return { 'unseen' }
  end
  return mark == fingerprint and { 'ended', ended, '', '' } or { 'conflict' }
end
local status = r[2]
if r[1] ~= fingerprint or tonumber(jobAt) < tonumber(r[3]) then
  return { 'conflict' }
end
if status == 'sending' and r[6] ~= attempt then
  return { 'in_flight', r[6], r[7], now }
end
if string.find(' accepted sent delivered read failed expired cancelled ', ' ' .. status .. ' ', 1, true) then
  return { 'ended', status, r[11] or '', r[12] or '' }
end
if r[14] then
  redis.call('HDEL', record, 'request')
end

local c = redis.call('HMGET', conv, 'closesAt', 'lastInboundAt', 'pairTat')
local attempts = tonumber(r[5])
local function refuse(code, ...)
  return { code, now, r[4], attempts, c[1] or '', c[2] or '', ... }
end
if status == 'sending' then
  return refuse('go', 0, r[13] or r[7])
end
if status == 'unknown' then
  local u = redis.call('HMGET', record, 'send', 'horizonAt', 'lastReadAt', 'absentReads', 'hinted')
  return refuse('unknown', r[6], u[1], r[7], u[2], u[3] or '', u[4] or 0, u[5] or 0)
end
if now >= tonumber(r[4]) then
  return refuse('expired')
end
if now < tonumber(r[8]) then
  return refuse('schedule', r[8])
end
joinLane(id, now)
if r[9] and now < tonumber(r[9]) then
  return refuse('backoff', r[9])
end
if not mayGo(id, now) then
  return refuse('lane')
end
if attempts >= tonumber(maxAttempts) then
  return refuse('attempts')
end
local g = redis.call('HMGET', gate, 'state', 'until', 'reason')
if g[1] == 'paused' then
  return refuse('gate_paused', g[3] or '')
end
if g[1] == 'until' and now < tonumber(g[2]) then
  return refuse('gate_until', g[2], g[3] or '')
end
local closed = c[1] and now >= tonumber(c[1])
if closed and send == 'file' then
  return refuse('window')
end
if send == 'template' and not closed then
  return refuse('window_open')
end

local pairAt = pairTurn(r[10], c[3], now)
if pairAt > now then
  redis.call('HSET', record, 'pairAt', pairAt)
  return refuse('pair', pairAt)
end
-- An attempt that ends after the running session does would open the next one.
if billed == '1' and not r[15] and opensSession(now + horizonMs) then
  local renewsAt = reserve(now)
  if renewsAt then
    redis.call('HSET', record, 'pairAt', pairAt)
    return refuse('budget', renewsAt)
  end
end
local slot, freeAt = paceSlot(now)
if not slot then
  redis.call('HSET', record, 'pairAt', pairAt)
  return refuse('rate', freeAt)
end
attempts = attempts + 1
begin(attempts, now)
return refuse('go', math.ceil(slot - now), r[13] or now)
