-- Where the person was, kept and put back: page, timeline, bin, playhead, marks. What a person moved meanwhile is left
-- alone. ``left`` names what could not be put back.

do

local Kept = {}
Kept.__index = Kept

-- Run something with a Kept, and put everything back however it ends. Return the Kept and what came of it; an error's
-- hint says what was not put back.
function TB.keeping(desk, act)
  local kept = setmetatable({ desk = desk, moves = {}, left = {} }, Kept)
  local found = { pcall(act, kept) }
  kept:put_back()
  if not found[1] then
    if #kept.left > 0 and TB.is_op_error(found[2]) then
      found[2].hint = ("%s %s"):format(found[2].hint, kept:said()):match("^%s*(.-)%s*$")
    end
    error(found[2], 0)
  end
  return kept, unpack(found, 2, table.maxn(found))
end

-- Return what was not put back, as a sentence.
function Kept:said()
  return ("Not put back as it was: %s."):format(table.concat(self.left, ", "))
end

-- Return "verified", or "committed_unverified" when something stayed moved.
function Kept:outcome()
  return #self.left > 0 and "committed_unverified" or "verified"
end

-- Remember one thing to put back: its name, the write, whether it is back, whether it is still as we left it.
function Kept:remember(what, act, done, ours)
  table.insert(self.moves, { what = what, act = act, done = done, ours = ours })
end

-- Put back the last move first, each with the patience of an op of its own.
function Kept:put_back()
  for index = #self.moves, 1, -1 do
    local move = self.moves[index]
    local pen = TB.pen(self.desk.delays, self.desk.sleep)
    if not move.done() and move.ours() and not pen:write(move.act, move.done) then
      table.insert(self.left, move.what)
    end
  end
  self.moves = {}
end

-- Keep the page, and open another when one is named; return whether that one is open.
function Kept:page(wanted)
  local resolve = self.desk.resolve
  local was = resolve:GetCurrentPage()
  if was == (wanted or "") then
    return true
  end
  self:remember(
    "the page",
    function() return resolve:OpenPage(was) end,
    function() return resolve:GetCurrentPage() == was end,
    function()
      local now = resolve:GetCurrentPage()
      return TB.given(was) and (now == wanted or now == "deliver")
    end
  )
  return not wanted or TB.given(resolve:OpenPage(wanted))
end

-- Keep the current bin: making bins and importing move it.
function Kept:bin(pool)
  local home = pool:GetCurrentFolder()
  if home then
    self:remember(
      "the current bin",
      function() return pool:SetCurrentFolder(home) end,
      function() return TB.same_folder(pool:GetCurrentFolder(), home) end,
      function() return TB.given(pool:GetCurrentFolder()) end
    )
  end
end

-- Keep the timeline of an id current; ``moved`` says whether the one open now is there by our doing.
function Kept:timeline(project, wanted, moved)
  self:remember(
    "the open timeline",
    function() return project:SetCurrentTimeline(TB.timeline_with_id(project, wanted)) end,
    function() return TB.is_current(project, wanted) end,
    moved
  )
end

-- Keep the playhead of the current timeline.
function Kept:playhead(timeline)
  local was, key = timeline:GetCurrentTimecode(), timeline:GetUniqueId()
  if TB.given(was) then
    self:remember(
      "the playhead",
      function() return timeline:SetCurrentTimecode(was) end,
      function() return timeline:GetCurrentTimecode() == was end,
      function() return timeline:GetUniqueId() == key end
    )
  end
end

-- Keep the marks of the current timeline (19.1).
function Kept:marks(timeline)
  if not TB.has(timeline, "GetMarkInOut") then
    return
  end
  local was, key = TB.marks_of(timeline), timeline:GetUniqueId()
  self:remember(
    "the marks",
    function() return TB.set_marks(timeline, was) end,
    function() return TB.same(TB.marks_of(timeline), was) end,
    function() return timeline:GetUniqueId() == key end
  )
end

-- Return the marks as the host says them: {video = {in, out}, audio = …}, counted from the timeline's start.
function TB.marks_of(timeline)
  local marks = {}
  for kind, span in pairs(TB.entries(TB.call_if(timeline, "GetMarkInOut"))) do
    if type(span) == "table" then
      marks[kind] = { ["in"] = TB.whole(span["in"]), out = TB.whole(span.out) }
    end
  end
  return marks
end

-- Set marks as marks_of gave them, no marks by clearing them; return what the host said last.
function TB.set_marks(timeline, marks)
  if not TB.has(timeline, "ClearMarkInOut") or not TB.has(timeline, "SetMarkInOut") then
    return false
  end
  local said = timeline:ClearMarkInOut("all")
  local kinds = TB.each(TB.sorted_keys(marks), function(kind)
    return marks[kind]["in"] and marks[kind].out and kind or nil
  end)
  if #kinds == 2 and TB.same(marks[kinds[1]], marks[kinds[2]]) then
    return timeline:SetMarkInOut(marks[kinds[1]]["in"], marks[kinds[1]].out, "all")
  end
  for _, kind in ipairs(kinds) do
    said = timeline:SetMarkInOut(marks[kind]["in"], marks[kind].out, kind)
  end
  return said
end

end -- keeping
