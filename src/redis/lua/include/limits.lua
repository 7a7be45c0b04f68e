-- Both limits are GCRA: each message moves a theoretical arrival time (tat) on by one interval.

-- When the recipient's turn is by the pair limit; booked once, and kept in the record until it is used.
local function pairTurn(booked, tat, now)
  if booked then
    return tonumber(booked)
  end
  tat = math.max(tonumber(tat or 0), now)
  redis.call('HSET', conv, 'pairTat', tat + pairIntervalMs)
  return tat - (pairBurst - 1) * pairIntervalMs
end

-- When the account's pace allows the next message; nil when that is further ahead than may be booked.
local function paceSlot(now)
  local slot = math.max(tonumber(redis.call('GET', pace) or 0), now)
  if slot - now > tonumber(aheadMs) then
    return nil, math.ceil(slot - aheadMs)
  end
  redis.call('SET', pace, string.format('%.3f', slot + 1000 / rate), 'PX', 60000)
  return slot
end
