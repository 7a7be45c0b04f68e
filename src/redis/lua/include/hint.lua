-- Something was seen of a conversation with unknown outcomes: their jobs go to the front, to ask the history now.
local function hint()
  for _, doubtful in ipairs(redis.call('SMEMBERS', doubts)) do
    local key = recordPrefix .. doubtful
    redis.call('HSET', key, 'hinted', 1)
    front(redis.call('HGET', key, 'job') or ('d-' .. doubtful))
  end
end
