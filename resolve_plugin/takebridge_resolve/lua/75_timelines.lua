-- The ops on timelines and tracks. What is so already is answered as done, even when the revision has moved on.

do

-- Return the open project when it is the expected one, else raise ``timeline_switched``.
function TB.same_project(resolve, expect)
  local project = TB.open_project(resolve)
  if not project or project:GetUniqueId() ~= expect.project_id then
    TB.refuse("timeline_switched", "Another project is open in Resolve.")
  end
  return project
end

-- Return every timeline of a project.
function TB.timelines_of(project)
  local found = {}
  for index = 1, TB.whole(project:GetTimelineCount()) or 0 do
    found[#found + 1] = project:GetTimelineByIndex(index) or nil
  end
  return found
end

-- Return a timeline by id, or nil.
function TB.timeline_with_id(project, wanted)
  return TB.first(TB.timelines_of(project), function(line) return line:GetUniqueId() == wanted end)
end

-- Return the timeline of a name, or nil.
function TB.timeline_named(project, name)
  return TB.first(TB.timelines_of(project), function(line) return line:GetName() == name end)
end

-- Return a timeline by id, or raise ``not_found``.
function TB.need_timeline(project, wanted)
  local timeline = TB.timeline_with_id(project, wanted)
  if not timeline then
    TB.refuse("not_found", "The project no longer has this timeline.", "Read the timeline again.")
  end
  return timeline
end

-- Say whether the timeline of an id is the current one.
function TB.is_current(project, wanted)
  local current = project:GetCurrentTimeline()
  return TB.given(current) and current:GetUniqueId() == wanted
end

-- Raise when a timeline has a name already.
function TB.refuse_used(project, name)
  if TB.timeline_named(project, name) then
    local message = ("The project has a timeline “%s” already."):format(TB.text(name))
    TB.refuse("host_rejected", message, "Choose another name.")
  end
end

-- Return what is on a timeline, without its ids: equal for a timeline and its copy.
function TB.content_of(timeline)
  return TB.each(TB.scan(timeline, TB.all_tracks(timeline)), function(row)
    return { row.track, row.start, row.stop, row.name, row.path, row.take, row.enabled }
  end)
end

-- Return a verified TimelineResult.
function TB.timeline_result(wanted, name, changed)
  return "verified", { timeline_id = TB.short(wanted), name = TB.text(name), changed = changed }
end

-- Return a look for carry_out: the expected project is still open.
local function project_open(desk, expect)
  return function() return TB.same_project(desk.resolve, expect) end
end

-- timeline.duplicate. Resolve makes the copy current without a word; the original is made current again.
TB.OPS["timeline.duplicate"] = function(desk, args, expect)
  local name, wanted = TB.need_name(args), TB.need_expectation(expect).timeline_id
  local project = TB.same_project(desk.resolve, expect)
  local copy = TB.timeline_named(project, name)
  if not copy then
    local timeline = TB.check_expectation(desk.resolve, expect).timeline
    TB.carry_out(
      desk,
      project,
      "duplicate the timeline",
      function() return timeline:DuplicateTimeline(name) end,
      function() return TB.timeline_named(project, name) end,
      project_open(desk, expect)
    )
  end
  local copy_id = TB.short(TB.timeline_named(project, name):GetUniqueId())
  TB.return_to(desk, project, wanted, copy_id)
  local original, twin = TB.timeline_with_id(project, wanted), TB.timeline_with_id(project, copy_id)
  if not original or not twin or not TB.same(TB.content_of(original), TB.content_of(twin)) then
    if copy then
      TB.refuse_used(project, name)
    end
    error(TB.unsure(TB.op_error("timeline_changed", "The copy of the timeline is not like the timeline.")), 0)
  end
  return TB.timeline_result(copy_id, name, not copy)
end

-- Make the original current again after a copy was made; one a person has opened meanwhile is left alone.
function TB.return_to(desk, project, wanted, copy_id)
  if not TB.is_current(project, copy_id) or copy_id == wanted then
    return
  end
  desk.pen:renew()
  local original = TB.timeline_with_id(project, wanted)
  local fine, found = TB.try(function()
    if not original then
      TB.refuse("timeline_switched", "The timeline was deleted while it was being copied.")
    end
    TB.open_timeline(desk, project, original, wanted, "open the timeline again after copying it", function() end)
  end)
  if not fine then
    error(TB.unsure(found), 0)
  end
end

-- Make a timeline current.
function TB.open_timeline(desk, project, timeline, wanted, what, look)
  TB.carry_out(
    desk,
    project,
    what,
    function() return project:SetCurrentTimeline(timeline) end,
    function() return TB.is_current(project, wanted) end,
    look
  )
end

-- timeline.select
TB.OPS["timeline.select"] = function(desk, args, expect)
  local wanted = TB.need(args, "timeline_id", "string")
  local project = TB.same_project(desk.resolve, TB.need_expectation(expect))
  local timeline = TB.need_timeline(project, wanted)
  local changed = not TB.is_current(project, wanted)
  if changed then
    TB.check_expectation(desk.resolve, expect)
    TB.open_timeline(desk, project, timeline, wanted, "open the timeline", project_open(desk, expect))
  end
  return TB.timeline_result(wanted, timeline:GetName(), changed)
end

-- timeline.rename
TB.OPS["timeline.rename"] = function(desk, args, expect)
  local wanted, name = TB.need(args, "timeline_id", "string"), TB.need_name(args)
  local project = TB.same_project(desk.resolve, TB.need_expectation(expect))
  local timeline = TB.need_timeline(project, wanted)
  local changed = timeline:GetName() ~= name
  if changed then
    TB.check_expectation(desk.resolve, expect)
    TB.refuse_used(project, name)
    TB.carry_out(
      desk,
      project,
      "rename the timeline",
      function() return timeline:SetName(name) end,
      function() return timeline:GetName() == name end,
      project_open(desk, expect)
    )
  end
  return TB.timeline_result(wanted, name, changed)
end

-- Raise unless a timeline may be deleted: not the open one, and unless it is forced only a safety copy of ours.
local function check_deletable(project, wanted, name, force)
  if TB.is_current(project, wanted) then
    local message = ("The timeline “%s” is open and is not deleted."):format(name)
    TB.refuse("host_rejected", message, "Open another timeline first.")
  elseif not name:find(TB.SAFETY_MARK, 1, true) and force ~= true then
    local message = ("The timeline “%s” is not a safety copy of ours and is not deleted."):format(name)
    TB.refuse("host_rejected", message, "Delete it by hand in Resolve if it is not needed.")
  end
end

-- timeline.delete. Only a safety copy of ours, unless it is forced.
TB.OPS["timeline.delete"] = function(desk, args, expect)
  local wanted = TB.need(args, "timeline_id", "string")
  local project = TB.same_project(desk.resolve, TB.need_expectation(expect))
  local timeline = TB.timeline_with_id(project, wanted)
  if not timeline then
    return TB.timeline_result(wanted, "", false)
  end
  local name = TB.text(timeline:GetName())
  check_deletable(project, wanted, name, args.force)
  TB.check_expectation(desk.resolve, expect)
  TB.carry_out(
    desk,
    project,
    "delete the timeline",
    function() return project:GetMediaPool():DeleteTimelines({ timeline }) end,
    function() return TB.given(project:GetUniqueId()) and TB.timeline_with_id(project, wanted) == nil end,
    project_open(desk, expect)
  )
  return TB.timeline_result(wanted, name, true)
end

-- track.add. New tracks go on top; audio tracks become what the last one is.
TB.OPS["track.add"] = function(desk, args, expect)
  local track = TB.parse_track(args)
  local scene = TB.same_scene(desk.resolve, TB.need_expectation(expect))
  local count = TB.track_count(scene.timeline, track.kind)
  if track.index > count + 8 then
    TB.refuse("invalid_param", ("Track %d is too far above the last one, %d."):format(track.index, count))
  elseif track.index > count then
    TB.check_expectation(desk.resolve, expect)
  end
  for number = count + 1, track.index do
    TB.add_one_track(desk, expect, track.kind, number)
  end
  local now = TB.track_count(TB.same_scene(desk.resolve, expect).timeline, track.kind)
  return "verified", { track = TB.track_ref(track), count = now, changed = track.index > count }
end

-- Add the track of a number.
function TB.add_one_track(desk, expect, kind, number)
  local scene = TB.same_scene(desk.resolve, expect)
  local timeline, arguments = scene.timeline, { kind }
  if kind == "audio" then
    local said = TB.short(TB.call_if(timeline, "GetTrackSubType", kind, number - 1))
    arguments[2] = said ~= "" and said or "stereo"
  end
  TB.carry_out(
    desk,
    scene.project,
    "add a track",
    function() return timeline:AddTrack(unpack(arguments)) end,
    function() return TB.track_count(timeline, kind) >= number end,
    function() return TB.same_scene(desk.resolve, expect) end
  )
end

end -- timelines
