-- Keeps a callback that could not be applied, for a person to read: once, for so long, and the newest so many.
-- KEYS: quarantine quarantineRows
-- ARGV: digest row keepMs most
-- Returns {kept} | {duplicate}
-- include: clock
local now = clock()

local function drop(digests)
  for _, each in ipairs(digests) do
    redis.call('ZREM', quarantine, each)
    redis.call('HDEL', quarantineRows, each)
  end
end

drop(redis.call('ZRANGEBYSCORE', quarantine, '-inf', now - keepMs))
if redis.call('ZADD', quarantine, 'NX', now, digest) == 0 then
  return { 'duplicate' }
end
redis.call('HSET', quarantineRows, digest, row)
drop(redis.call('ZRANGE', quarantine, 0, -1 - most))
redis.call('PEXPIRE', quarantine, keepMs)
redis.call('PEXPIRE', quarantineRows, keepMs)
return { 'kept' }
