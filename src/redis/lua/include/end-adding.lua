-- Ends the adding: what is as good once for all of them as once for each. Nobody sees the queue before that.
local function endAdding()
  if added > 0 then
    redis.call('INCRBY', bullIds, added)
  end
  if #lined > 0 then
    redis.call('LPUSH', bullWait, unpack(lined))
  end
  if addedReady then
    local meta = redis.call('HMGET', bullMeta, 'paused', 'concurrency')
    if not meta[1] and not (meta[2] and redis.call('LLEN', bullActive) >= tonumber(meta[2])) then
      redis.call('ZADD', bullMarker, 0, '0')
    end
  end
  if addedDelayed then
    redis.call('ZADD', bullMarker, redis.call('ZRANGE', bullDelayed, 0, 0, 'WITHSCORES')[2] / 4096, '1')
  end
end
