-- The client wrote at `at`: the window opens, held deliveries return to their lane, its head goes to the front. Returns
-- how many were released, and whether the window had been open. `facts` of the conversation are written at once.
-- `joined`: its lane has just become that of two names, whose windows may have differed.
local function openWindow(at, now, facts, joined)
  local c = redis.call('HMGET', conv, 'closesAt', 'lastInboundAt')
  local wasOpen = now < tonumber(c[1] or 0)
  local closesAt = math.max(tonumber(c[1] or 0), at + 24 * 3600 * 1000)
  redis.call('HSET', conv, 'closesAt', closesAt, 'lastInboundAt', math.max(tonumber(c[2] or 0), at),
    unpack(facts or {}))
  local released = now < closesAt and redis.call('ZCARD', held) or 0
  if released > 0 then
    redis.call('ZUNIONSTORE', lane, 2, lane, held, 'AGGREGATE', 'MIN')
    redis.call('DEL', held)
    redis.call('HINCRBY', holds, 'window', -released)
  end
  if released > 0 or not wasOpen or joined then
    wakeHead(now)
  end
  return released, wasOpen
end
