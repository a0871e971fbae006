-- clip.pull: a file comes onto a clip as its take, in one op: looked at, imported, added, selected, read back. The Python
-- agent takes its surveys from a file that Resolve writes; the sandbox reads no files, so here the items are asked.

do

-- Return what is asked; raise before the host is touched. ``left_offset`` nil: whatever it is.
local function need_pull(args)
  local span = TB.need_record_span(args)
  local source = TB.need_span(args, "start_source_frame", "end_source_frame")
  if source.start < 0 or source.stop - source.start ~= span.stop - span.start then
    TB.refuse("invalid_param", "A take needs exactly as many frames as the clip is long.")
  end
  TB.need(args, "clip", "string")
  TB.parse_track(TB.need(args, "track", "dict"))
  local given = args.left_offset_frame ~= nil
  return {
    source = source,
    shown = TB.need(args, "media_path", "string"),
    left_offset = given and TB.need(args, "left_offset_frame", "int") or nil,
    width = TB.need(args, "width", "int"),
    height = TB.need(args, "height", "int"),
    path = TB.need_media_file(args),
    bin = TB.parse_bin(TB.need(args, "bin", "list")),
    tags = args.tags or {},
    frame_count = TB.need(args, "frame_count", "int"),
    select = args.select ~= false,
  }
end

-- Return the PullClipResult of a clip as it was and as it is.
local function told(change, before, after, reused, changed)
  local others = TB.each(change.rows, function(row)
    return row.track == change.track and row.key ~= "" and row.key ~= change.key and row or nil
  end)
  return {
    name = after.name,
    start_record_frame = after.start_record_frame,
    end_record_frame = after.end_record_frame,
    takes_before = #before.takes,
    takes_after = #after.takes,
    selected_take = after.selected_take,
    neighbours = #others,
    linked = #after.linked,
    reused = reused,
    changed = changed,
  }
end

-- Say whether a clip shows the asked frames already.
local function shows(item, asked)
  return TB.same_path(item.media.path, asked.path) and item.left_offset_frame == asked.source.start
end

-- Raise when a clip shows something else than expected; one that plays the file itself is left to what follows.
local function refuse_other(change, asked)
  local before = change.before
  if TB.same_path(before.media.path, asked.path) then
    return
  elseif not TB.same_path(before.media.path, asked.shown) then
    local message = ("“%s” shows something else than when it was read."):format(TB.text(before.name, 200))
    TB.refuse("timeline_changed", message)
  elseif asked.left_offset and asked.left_offset ~= before.left_offset_frame then
    TB.refuse("timeline_changed", "The clip was slipped.")
  end
end

-- Raise when the clip has the file as a take already, of other frames: it was trimmed or slipped since.
local function refuse_old_frames(change, asked)
  local index = change:index_of(change.media_id)
  local start = index > 0 and change.before.takes[index].start_source_frame
  if start and start ~= asked.source.start then
    TB.refuse("timeline_changed", "The clip has this take already, of other frames.")
  end
end

-- Raise when the timeline has another size than the file was made for.
local function check_size(scene, asked)
  local width = TB.whole(TB.setting(scene, "timelineResolutionWidth"))
  local height = TB.whole(TB.setting(scene, "timelineResolutionHeight"))
  if width ~= asked.width or height ~= asked.height then
    TB.refuse("timeline_changed", "The timeline's resolution was changed.")
  end
end

-- Return the file in its bin, whether it was there, and how sure it is that its tags are kept. It stays there whatever
-- becomes of the clip, so what follows counts from here.
local function bring(desk, scene, asked)
  local importing = TB.importing(desk, scene)
  local media, reused = importing:fetch(asked.path, asked.bin)
  local frames = TB.whole(TB.entries(media:GetClipProperty()).Frames)
  if frames and frames ~= asked.frame_count then
    local message = ("The editor reads %d frames in %s, it has %d."):format(
      frames, TB.base_name(asked.path), asked.frame_count
    )
    TB.refuse("host_rejected", message, "Remove the clip from the media pool and pull again.")
  end
  local outcome = importing:tag_all(media, asked.tags)
  desk.pen.touched = false
  return media, reused, outcome
end

local function pull(desk, args, asked, expect)
  local timeline = { project_id = expect.project_id, timeline_id = expect.timeline_id, tracks = expect.tracks }
  local change = TB.take_change(desk, args, timeline, true)
  local before = change.before
  if asked.select and shows(before, asked) then
    return "verified", told(change, before, before, true, false)
  end
  TB.check_expectation(desk.resolve, expect)
  refuse_other(change, asked)
  check_size(change.scene, asked)
  local media, reused, outcome = bring(desk, change.scene, asked)
  change = TB.take_change(desk, args, timeline, true)
  change.media_id = TB.media_id(media)
  refuse_other(change, asked)
  refuse_old_frames(change, asked)
  local _, result = TB.add_to(change, asked.source.start, asked.source.stop, asked.select, media)
  return outcome, told(change, result.before, result.after, reused, result.changed)
end

-- clip.pull
TB.OPS["clip.pull"] = function(desk, args, expect)
  local asked = need_pull(args)
  TB.need_expectation(expect)
  local fine, outcome, result = pcall(pull, desk, args, asked, expect)
  if fine then
    return outcome, result
  elseif TB.is_op_error(outcome) then
    outcome.result = nil
  end
  error(outcome, 0)
end

end -- pulling
