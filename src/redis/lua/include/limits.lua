-- Both limits are GCRA: each message moves a theoretical arrival time (tat) on by one interval.

-- When the recipient's turn is by the pair limit; booked once, and kept in the record until it is used. A new booking
-- comes with the conversation's tat after it.
local function pairTurn(booked, tat, now)
  if booked then
    return tonumber(booked)
  end
  tat = math.max(tonumber(tat or 0), now)
  return tat - (pairBurst - 1) * pairIntervalMs, tat + pairIntervalMs
end

-- The account's pace: read once, and written once all have been asked for.
local paceTat, paceMoved

-- When the account's pace allows the next message; nil when that is further ahead than may be booked.
local function paceSlot(now)
  paceTat = paceTat or tonumber(redis.call('GET', pace) or 0)
  local slot = math.max(paceTat, now)
  if slot - now > tonumber(aheadMs) then
    return nil, math.ceil(slot - aheadMs)
  end
  paceTat, paceMoved = slot + 1000 / rate, true
  return slot
end

local function keepPace()
  if paceMoved then
    redis.call('SET', pace, string.format('%.3f', paceTat), 'PX', 60000)
  end
end
