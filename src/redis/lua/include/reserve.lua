-- Tells that a budget is used up, once for each limit that it is given.
local function tellExhausted(name, limit, endsAt)
  local told = budgetPrefix .. name .. ':told'
  if redis.call('GET', told) ~= limit then
    redis.call('SET', told, limit, 'PXAT', endsAt + 24 * 3600 * 1000)
    tell('budget', name, 'limit', limit, 'renewsAt', endsAt)
  end
end

-- Takes a session out of the budgets of day and month ('' where there is no limit), or tells when the one that is
-- used up renews. The names of what was taken stay in the record, to be given back.
local function reserve(now)
  local budgets = { { dayName, dayLimit, dayEndsAt }, { monthName, monthLimit, monthEndsAt } }
  for _, budget in ipairs(budgets) do
    local used = budget[2] ~= '' and tonumber(redis.call('GET', budgetPrefix .. budget[1]) or 0)
    if used and used >= tonumber(budget[2]) then
      redis.call('ZADD', budgetHeld, 'NX', now, id)
      tellExhausted(unpack(budget))
      return math.max(tonumber(budget[3]), now + 1000)
    end
  end
  -- Counted without a limit too: one that is set during the day counts from the day's beginning.
  for _, budget in ipairs(budgets) do
    if redis.call('INCR', budgetPrefix .. budget[1]) == 1 then
      redis.call('PEXPIREAT', budgetPrefix .. budget[1], budget[3] + 24 * 3600 * 1000)
    end
  end
  redis.call('HSET', record, 'reserved', dayName .. ' ' .. monthName)
  redis.call('ZREM', budgetHeld, id)
end
