-- Writes the attempt: from here on only its own outcome, or doubt, moves the delivery. `was` tells how it stood.
local function begin(number, now, was)
  redis.call('HSET', conv, 'flight', id, 'pairTat', was.pairTat)
  if was.flightUntil then
    redis.call('HDEL', conv, 'flightUntil')
  end
  redis.call('PEXPIRE', conv, idRetentionMs)
  if was.tried then
    redis.call('HDEL', record, 'pairAt', 'notBefore', 'lastReadAt', 'absentReads', 'hinted', 'retry')
  end
  redis.call('ZADD', wake, now + horizonMs, id)
  move(record, id, 'sending', send, now, was.status, {
    lines = was.lines,
    attempts = number,
    facts = { 'attempts', number, 'attempt', attempt, 'send', send, 'startedAt', now, 'horizonAt', now + horizonMs },
  })
end
