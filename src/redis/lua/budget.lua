-- Tells what is left of the budgets, and wakes as many of the deliveries that wait for it as may go now: those whose
-- wake-up was lost, and those that a raised limit lets go.
-- KEYS: budgetPrefix budgetHeld recordPrefix wake bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix
-- ARGV: dayName dayLimit monthName monthLimit most
-- Returns {usedDay, usedMonth, held}
-- include: clock front
local used = { tonumber(redis.call('GET', budgetPrefix .. dayName) or 0),
  tonumber(redis.call('GET', budgetPrefix .. monthName) or 0) }
local room = tonumber(most)
if dayLimit ~= '' then
  room = math.min(room, dayLimit - used[1])
end
if monthLimit ~= '' then
  room = math.min(room, monthLimit - used[2])
end
local held = redis.call('ZCARD', budgetHeld)
for _ = 1, room do
  local waiting = redis.call('ZPOPMIN', budgetHeld)[1]
  if not waiting then
    break
  end
  if not front(redis.call('HGET', recordPrefix .. waiting, 'job') or ('d-' .. waiting)) then
    redis.call('ZADD', wake, clock() + 5000, waiting)
  end
end
return { used[1], used[2], held }
