-- The facts that decide the status, the deciding one first, and what is read of a record for them and for a move.
local NAMES, FIELDS = {}, { 'status', 'lines', 'attempts', 'job', 'acceptedAt' }
local AHEAD = #FIELDS
for name in string.gmatch(precedence, '%a+') do
  NAMES[#NAMES + 1] = name
  FIELDS[#FIELDS + 1] = 'receipt:' .. name
end
-- What a fact makes of the delivery where that is not its own name, and the reason that a failure has.
local STATUSES = { presumed = 'failed' }
local REASONS = { failed = 'receipt', presumed = 'unconfirmed' }

local function readReceipts(key)
  local values, has = redis.call('HMGET', key, unpack(FIELDS)), {}
  for i, name in ipairs(NAMES) do
    has[name] = values[AHEAD + i] ~= false
  end
  return { status = values[1], lines = values[2], attempts = values[3], job = values[4], acceptedAt = values[5],
    has = has }
end

-- Of several tellings of why it failed the longest counts, so that their order does not matter.
local function keepLonger(key, field, told)
  local kept = redis.call('HGET', key, field) or ''
  if #told > #kept or (#told == #kept and told > kept) then
    redis.call('HSET', key, field, told)
  end
end

-- Adds receipts ({name, time, …}) to an accepted delivery, which `was` so, and lets its status follow from the whole
-- set: the first of `precedence` that has come. Returns how many were new, and the status. Among the receipts
-- `code` and `why` stand for why it failed.
local function addReceipts(key, delivery, was, receipts, now)
  local new, facts = 0, {}
  for i = 1, #receipts, 2 do
    if receipts[i] == 'code' then
      keepLonger(key, 'failureCode', receipts[i + 1])
    elseif receipts[i] == 'why' then
      keepLonger(key, 'failureReason', receipts[i + 1])
    elseif was.has[receipts[i]] == false then
      was.has[receipts[i]] = true
      new = new + 1
      facts[#facts + 1] = 'receipt:' .. receipts[i]
      facts[#facts + 1] = receipts[i + 1]
    elseif was.has[receipts[i]] == nil then
      new = new + redis.call('HSETNX', key, 'receipt:' .. receipts[i], receipts[i + 1])
    end
  end
  local status, reason = was.status, ''
  for _, name in ipairs(NAMES) do
    if was.has[name] then
      status, reason = STATUSES[name] or name, REASONS[name] or ''
      break
    end
  end
  if #facts > 0 and status == was.status then
    if status == 'failed' then
      facts[#facts + 1], facts[#facts + 2] = 'reason', reason
    end
    redis.call('HSET', key, unpack(facts))
  elseif new > 0 and status ~= was.status then
    move(key, delivery, status, reason, now, was.status,
      { facts = facts, lines = was.lines, attempts = was.attempts })
  end
  return new, status
end
