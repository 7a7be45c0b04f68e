local ASK_AGAIN_MS = 10 * 60 * 1000

-- How the window keeps an attempt out, or false: a file goes while it is open or not known, a template while it is
-- closed. Where nothing but the history ever told of it, and did not show it open, the history is asked first.
local function windowKeeps(closesAt, askedAt, toldByHistory, now)
  local closed = closesAt ~= false and now >= tonumber(closesAt)
  local untold = not closesAt or (closed and closesAt == toldByHistory)
  if send == 'file' and askHistory == '1' and untold and now >= tonumber(askedAt or 0) + ASK_AGAIN_MS then
    return { 'window_unknown' }
  end
  return closed == (send == 'file') and { closed and 'window' or 'window_open' }
end
