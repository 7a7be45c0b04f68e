-- Takes a delivery out of every index. `to` is the recipient as requested, '' where none is known.
local function forget(delivery, to)
  redis.call('ZREM', deliveries, delivery .. ' ' .. to)
  for status in pairs(INDEXED) do
    redis.call('ZREM', statusPrefix .. status, delivery)
  end
  redis.call('ZREM', recipientPrefix .. to, delivery)
  local number = redis.call('GET', aliasPrefix .. to)
  if number then
    redis.call('ZREM', recipientPrefix .. number, delivery)
  end
end
