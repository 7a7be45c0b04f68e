-- Surveys a conversation and its account at one moment, with a delivery of it (id '' for none). Writes nothing.
-- KEYS: record recordPrefix conv lane held alias gate budgetPrefix budgetHeld workers bullWait bullPrioritized bullMeta bullLimiter bullJobPrefix
-- ARGV: id to recipient dayName monthName most
-- Returns {moved} | {surveyed, now, record, jobData, conversation, gate, {ahead, aheadCount, flight, rank}, account}
-- include: clock alias
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()

-- Those that go before the delivery, or all there are. What the window holds lets those in the lane pass.
local inLane = redis.call('ZSCORE', lane, id)
local place = inLane or redis.call('ZSCORE', held, id)
local before = place and '(' .. place or '+inf'
local ahead, aheadCount = {}, 0
for _, key in ipairs(inLane and { lane } or { lane, held }) do
  aheadCount = aheadCount + redis.call('ZCOUNT', key, '-inf', before)
  local rows = redis.call('ZRANGE', key, '-inf', before, 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES')
  for i = 1, #rows, 2 do
    local stands = redis.call('HMGET', recordPrefix .. rows[i], 'status', 'reason')
    ahead[#ahead + 1] = { rows[i + 1], rows[i], stands[1] or '', stands[2] or '' }
  end
end
local flying = redis.call('HMGET', conv, 'flight', 'flightUntil')
local flight = {}
if flying[1] then
  local stands = redis.call('HMGET', recordPrefix .. flying[1], 'status', 'reason')
  flight = { flying[2] or '', flying[1], stands[1] or '', stands[2] or '' }
end

-- BullMQ counts what it fetches here; only a rest makes it a number that is never reached by counting.
local rests = tonumber(redis.call('GET', bullLimiter) or 0) >= 1e9
local job = redis.call('HGET', record, 'job') or ('d-' .. id)
return {
  'surveyed', now, redis.call('HGETALL', record), redis.call('HGET', bullJobPrefix .. job, 'data') or '',
  redis.call('HGETALL', conv), redis.call('HGETALL', gate),
  { ahead, aheadCount, flight, redis.call('ZRANK', lane, id) or '' },
  {
    redis.call('GET', budgetPrefix .. dayName) or 0, redis.call('GET', budgetPrefix .. monthName) or 0,
    redis.call('ZRANK', budgetHeld, id) or redis.call('ZCARD', budgetHeld),
    redis.call('ZCOUNT', workers, '(' .. now, '+inf'),
    redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized),
    redis.call('HEXISTS', bullMeta, 'paused'), rests and redis.call('PTTL', bullLimiter) or 0,
  },
}
