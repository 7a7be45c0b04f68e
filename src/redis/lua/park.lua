-- Lets a delivery wait or be held, unless the reason has just gone. One that is held by the window leaves its
-- lane, so that those behind it may pass, unless order is strict.
-- KEYS: record recordPrefix conv lane held wake events alias bullDelayed bullWait bullPrioritized bullPriorities highs toFront bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetPrefix budgetHeld statusPrefix
-- ARGV: id to recipient status why
-- Returns {moved} | {go} | {ended, status} | {parked}
-- include: clock alias tell record turn front to-front next lane give-back
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
local r = redis.call('HMGET', record, 'status', 'reason', 'strict', 'reserved')
if r[1] ~= 'queued' and r[1] ~= 'waiting' and r[1] ~= 'held' then
  return { 'ended', r[1] or '' }
end
if why == 'lane' and mayGo(id, now) then
  return { 'go' }
end
if why == 'window' and now < tonumber(redis.call('HGET', conv, 'closesAt') or 0) then
  return { 'go' }
end
redis.call('ZADD', wake, now + LOOK_AGAIN_MS, id)
advanceToFront(now)
if r[1] ~= status or r[2] ~= why then
  move(record, id, status, why, now, r[1])
end
if status == 'held' then
  redis.call('HDEL', record, 'dueAt')
end
if why == 'window' then
  redis.call('ZREM', budgetHeld, id)
  giveBack(r[4], now)
end
if why == 'window' and not r[3] then
  local place = redis.call('ZSCORE', lane, id)
  if place then
    redis.call('ZREM', lane, id)
    redis.call('ZADD', held, place, id)
    redis.call('HINCRBY', holds, 'window', 1)
  end
  wakeHead(now)
end
return { 'parked' }
