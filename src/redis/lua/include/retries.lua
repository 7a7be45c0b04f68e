-- A retry after a failure costs a token. A token comes by itself every second, and a tenth of one with every other
-- attempt; ten are kept. What is stored is when there was none left; nothing is stored while all are there.
local TOKEN_MS, KEPT_MS, EARNED_MS = 1000, 10 * 1000, 100

local function mayRetry(emptyAt, now)
  return not emptyAt or now - emptyAt >= TOKEN_MS
end

local function spendToken(emptyAt, now)
  writeGate('HSET', 'retriesEmptyAt', math.max(tonumber(emptyAt or 0), now - KEPT_MS) + TOKEN_MS)
end

local function earnToken(emptyAt, now)
  if not emptyAt then
    return
  end
  if now - emptyAt + EARNED_MS >= KEPT_MS then
    writeGate('HDEL', 'retriesEmptyAt')
  else
    writeGate('HSET', 'retriesEmptyAt', emptyAt - EARNED_MS)
  end
end
