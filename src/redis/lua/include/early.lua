-- Keeps a receipt that came before its message's answer, and bounds how many are kept.
local function keepEarly(now)
  if code ~= '' then
    keepLonger(orphan, 'code', code)
  end
  if why ~= '' then
    keepLonger(orphan, 'why', why)
  end
  if redis.call('HSETNX', orphan, receipt, now) == 0 then
    return { 'duplicate' }
  end
  redis.call('PEXPIRE', orphan, orphanMs)
  redis.call('ZADD', orphans, now, uniqueId)
  redis.call('PEXPIRE', orphans, orphanMs)
  redis.call('ZREMRANGEBYSCORE', orphans, '-inf', now - orphanMs)
  local excess = redis.call('ZCARD', orphans) - orphansKept
  if excess > 0 then
    local oldest = redis.call('ZPOPMIN', orphans, excess)
    local prefix = string.sub(orphan, 1, #orphan - #uniqueId)
    for i = 1, #oldest, 2 do
      redis.call('DEL', prefix .. oldest[i])
    end
  end
  hint()
  if receipt == 'sent' and to ~= '' then
    noteOther(now)
  end
  return { 'early' }
end
