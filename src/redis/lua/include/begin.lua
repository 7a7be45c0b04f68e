-- Writes the attempt: from here on only its own outcome, or doubt, moves the delivery.
local function begin(number, now, before)
  redis.call('HSET', conv, 'flight', id)
  redis.call('HDEL', conv, 'flightUntil')
  redis.call('PEXPIRE', conv, idRetentionMs)
  redis.call('HSET', record, 'attempts', number, 'attempt', attempt, 'send', send, 'startedAt', now,
    'horizonAt', now + horizonMs)
  redis.call('HDEL', record, 'pairAt', 'notBefore', 'lastReadAt', 'absentReads', 'hinted', 'retry')
  redis.call('ZADD', wake, now + horizonMs, id)
  move(record, id, 'sending', send, now, before)
end
