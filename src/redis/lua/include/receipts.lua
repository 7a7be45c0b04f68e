-- The receipts that there are, the deciding one first, and what is read of a record for them and for a move.
local NAMES, FIELDS = {}, { 'status', 'lines', 'attempts', 'job', 'acceptedAt' }
local AHEAD = #FIELDS
for name in string.gmatch(precedence, '%a+') do
  NAMES[#NAMES + 1] = name
  FIELDS[#FIELDS + 1] = 'receipt:' .. name
end

local function readReceipts(key)
  local values, has = redis.call('HMGET', key, unpack(FIELDS)), {}
  for i, name in ipairs(NAMES) do
    has[name] = values[AHEAD + i] ~= false
  end
  return { status = values[1], lines = values[2], attempts = values[3], job = values[4], acceptedAt = values[5],
    has = has }
end

-- Adds receipts ({name, time, …}) to an accepted delivery, which `was` so, and lets its status follow from the whole
-- set: the first of `precedence` that has come. Returns how many were new, and the status. Among the receipts
-- `code` stands for why it failed.
local function addReceipts(key, delivery, was, receipts, now)
  local new, facts = 0, {}
  for i = 1, #receipts, 2 do
    if receipts[i] == 'code' then
      redis.call('HSETNX', key, 'failureCode', receipts[i + 1])
    elseif was.has[receipts[i]] == false then
      was.has[receipts[i]] = true
      new = new + 1
      facts[#facts + 1] = 'receipt:' .. receipts[i]
      facts[#facts + 1] = receipts[i + 1]
    elseif was.has[receipts[i]] == nil then
      new = new + redis.call('HSETNX', key, 'receipt:' .. receipts[i], receipts[i + 1])
    end
  end
  local status = was.status
  for _, name in ipairs(NAMES) do
    if was.has[name] then
      status = name
      break
    end
  end
  if #facts > 0 and status == was.status then
    redis.call('HSET', key, unpack(facts))
  elseif new > 0 and status ~= was.status then
    move(key, delivery, status, '', now, was.status,
      { facts = facts, lines = was.lines, attempts = was.attempts })
  end
  return new, status
end
