-- Adds receipts ({name, time, …}) to an accepted delivery and lets its status follow from the whole set:
-- the first of `precedence` that has come. Returns how many were new, and the status. Among early receipts
-- `code` stands for why it failed.
local function addReceipts(key, delivery, receipts, now)
  local new = 0
  for i = 1, #receipts, 2 do
    if receipts[i] == 'code' then
      redis.call('HSETNX', key, 'failureCode', receipts[i + 1])
    else
      new = new + redis.call('HSETNX', key, 'receipt:' .. receipts[i], receipts[i + 1])
    end
  end
  local status = redis.call('HGET', key, 'status')
  if new == 0 then
    return 0, status
  end
  for name in string.gmatch(precedence, '%a+') do
    if redis.call('HEXISTS', key, 'receipt:' .. name) == 1 then
      if name ~= status then
        move(key, delivery, name, '', now, status)
      end
      return new, name
    end
  end
  return new, status
end
