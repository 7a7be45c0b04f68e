-- What a record holds of receipts and what a move needs, read at once.
local function readReceipts(key)
  local names, fields = {}, { 'status', 'timeline', 'attempts' }
  for name in string.gmatch(precedence, '%a+') do
    names[#names + 1] = name
    fields[#fields + 1] = 'receipt:' .. name
  end
  local values, has = redis.call('HMGET', key, unpack(fields)), {}
  for i, name in ipairs(names) do
    has[name] = values[3 + i] ~= false
  end
  return { status = values[1], timeline = values[2], attempts = values[3], names = names, has = has }
end

-- Adds receipts ({name, time, …}) to an accepted delivery and lets its status follow from the whole set:
-- the first of `precedence` that has come. Returns how many were new, and the status. Among the receipts
-- `code` stands for why it failed.
local function addReceipts(key, delivery, receipts, now)
  local was, new, facts = readReceipts(key), 0, {}
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
  for _, name in ipairs(was.names) do
    if was.has[name] then
      status = name
      break
    end
  end
  if #facts > 0 and status == was.status then
    redis.call('HSET', key, unpack(facts))
  elseif new > 0 and status ~= was.status then
    move(key, delivery, status, '', now, was.status,
      { facts = facts, timeline = was.timeline or '', attempts = was.attempts })
  end
  return new, status
end
