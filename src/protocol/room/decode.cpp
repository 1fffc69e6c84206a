#include "protocol/room/decode.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "protocol/room/frame_reader.h"

namespace syncwatch::room_protocol {
namespace {

namespace json = boost::json;
using Kind = BadFrame::Kind;

/// What a usual frame needs of memory while it is read.
constexpr std::size_t kStackBytes = 4096;
constexpr std::size_t kMostDepth = 32;

template <class E, std::size_t N>
using Words = std::array<std::pair<std::string_view, E>, N>;

constexpr Words<ControlFrame::Action, 6> kActions{{{"play", ControlFrame::Action::Play},
                                                   {"pause", ControlFrame::Action::Pause},
                                                   {"seek", ControlFrame::Action::Seek},
                                                   {"rate", ControlFrame::Action::Rate},
                                                   {"select", ControlFrame::Action::Select},
                                                   {"next", ControlFrame::Action::Next}}};
constexpr Words<QueueFrame::Op, 5> kOps{{{"add", QueueFrame::Op::Add},
                                         {"remove", QueueFrame::Op::Remove},
                                         {"move", QueueFrame::Op::Move},
                                         {"clear", QueueFrame::Op::Clear},
                                         {"vote", QueueFrame::Op::Vote}}};

template <class E, std::size_t N>
E read_word(FrameReader& in, std::string_view name, const Words<E, N>& words) {
    const std::string word = in.text(name);
    for (const auto& [each, value] : words) {
        if (each == word) return value;
    }
    in.refuse(Kind::Malformed, name, "is none of the known words");
    return words[0].second;
}

/// The id that the client gave the frame: what it will be answered under.
std::string frame_id(FrameReader& in) {
    std::string id = in.text("id");
    if (id.empty() || id.size() > kMostFrameId) {
        in.refuse(Kind::Malformed, "id", "must have 1 to 64 bytes");
        id.clear();
    }
    return id;
}

/// The same for frames that need none.
std::string optional_frame_id(FrameReader& in) {
    return in.has("id") ? frame_id(in) : std::string();
}

ClientFrame read_hello(FrameReader& in) {
    Hello hello;
    hello.id = optional_frame_id(in);
    hello.protocol = in.integer("protocol");
    if (in.is_text("resume")) {
        // The welcome's `you.resume` as it came.
        hello.resume = Hello::Resume{in.id<UserId>("resume"), std::nullopt};
    } else if (const json::object* resume = in.optional_object("resume")) {
        FrameReader inner(*resume, "resume.");
        Hello::Resume read;
        read.member = inner.id<UserId>("member");
        read.last_message = inner.optional_id<MessageId>("last_message");
        in.absorb(inner);
        hello.resume = read;
    }
    return hello;
}

ClientFrame read_clock(FrameReader& in) {
    (void)in.number("t0");
    return ClockQuestion{optional_frame_id(in), in.raw("t0")};
}

ClientFrame read_control(FrameReader& in) {
    ControlFrame control;
    control.id = frame_id(in);
    control.action = read_word(in, "action", kActions);
    control.position = in.optional_amount("position");
    if (control.action == ControlFrame::Action::Seek && !control.position) {
        in.refuse(Kind::Malformed, "position", "must be a number");
    }
    if (control.action == ControlFrame::Action::Rate) {
        control.rate = in.number("rate");
        if (control.rate <= 0) in.refuse(Kind::Invalid, "rate", "must be above zero");
    }
    if (control.action == ControlFrame::Action::Select) control.item = in.id<ItemId>("item");
    return control;
}

/// Milliseconds that a client claims, whatever they are, as a time that can be reckoned with.
std::chrono::microseconds believed(double milliseconds) {
    constexpr double kMost = 10'000;
    return std::chrono::round<std::chrono::microseconds>(
        std::chrono::duration<double, std::milli>(std::min(milliseconds, kMost)));
}

ClientFrame read_report(FrameReader& in) {
    ReportFrame frame;
    frame.id = optional_frame_id(in);
    MemberReport& report = frame.report;
    const auto state = parse_member_state(in.text("state"));
    if (!state || *state == MemberState::Joining) {
        in.refuse(Kind::Invalid, "state", "is none of the known words");
    }
    report.state = state.value_or(MemberState::Away);
    report.position = in.optional_amount("position").value_or(0);
    report.at = from_micros(in.optional_integer("at_us").value_or(0));
    const auto drift = in.optional_number("drift_ms");
    frame.knows_drift = drift.has_value();
    report.drift_ms = drift.value_or(0);
    report.buffered = in.optional_amount("buffered_s").value_or(0);
    (void)in.optional_text("rung");
    if (const auto jump = in.optional_amount("jump_ms")) report.jump = believed(*jump);
    return frame;
}

ClientFrame read_chat(FrameReader& in) {
    ChatFrame chat;
    chat.id = frame_id(in);
    chat.text = in.text("text");
    if (chat.text.empty()) in.refuse(Kind::Invalid, "text", "must say something");
    chat.reply_to = in.optional_id<MessageId>("reply_to");
    return chat;
}

ClientFrame read_react(FrameReader& in) {
    ReactFrame react;
    react.id = optional_frame_id(in);
    react.emoji = in.text("emoji");
    react.position = in.optional_amount("position");
    return react;
}

ClientFrame read_queue(FrameReader& in) {
    QueueFrame queue;
    queue.id = frame_id(in);
    queue.op = read_word(in, "op", kOps);
    if (queue.op == QueueFrame::Op::Add) {
        queue.video = in.id<VideoId>("video");
    } else if (queue.op != QueueFrame::Op::Clear) {
        queue.item = in.id<ItemId>("item");
    }
    queue.before = in.optional_id<ItemId>("before");
    return queue;
}

ClientFrame read_role(FrameReader& in) {
    RoleFrame role;
    role.id = frame_id(in);
    role.member = in.id<UserId>("member");
    const auto word = parse_role(in.text("role"));
    if (!word || *word == Role::Owner) {
        in.refuse(Kind::Invalid, "role", "must be moderator or viewer");
    }
    role.role = word.value_or(Role::Viewer);
    return role;
}

ClientFrame read_kick(FrameReader& in) {
    KickFrame kick;
    kick.id = frame_id(in);
    kick.member = in.id<UserId>("member");
    return kick;
}

ClientFrame read_voice(FrameReader& in) {
    VoiceFrame voice;
    voice.id = optional_frame_id(in);
    if (const json::object* state = in.object("state")) {
        FrameReader inner(*state, "state.");
        voice.state.joined = inner.flag("joined");
        voice.state.muted = inner.flag("muted");
        voice.state.speaking = inner.flag("speaking");
        in.absorb(inner);
    }
    return voice;
}

ClientFrame read_signal(FrameReader& in) {
    SignalFrame signal;
    signal.id = optional_frame_id(in);
    signal.to = in.id<UserId>("to");
    signal.data = in.raw("data");
    return signal;
}

using Read = ClientFrame (*)(FrameReader&);
constexpr std::array<std::pair<std::string_view, Read>, 11> kTypes{{{"report", read_report},
                                                                    {"clock", read_clock},
                                                                    {"chat", read_chat},
                                                                    {"control", read_control},
                                                                    {"react", read_react},
                                                                    {"voice", read_voice},
                                                                    {"signal", read_signal},
                                                                    {"queue", read_queue},
                                                                    {"role", read_role},
                                                                    {"kick", read_kick},
                                                                    {"hello", read_hello}}};

tl::unexpected<BadFrame> malformed(std::string why, std::string id = {}) {
    return tl::unexpected<BadFrame>(
        BadFrame{BadFrame::Kind::Malformed, std::move(id), std::move(why)});
}

/// The id of a frame that is not taken, so that whoever waits for an answer gets one.
std::string any_id(const json::object& frame) {
    const json::value* value = frame.if_contains("id");
    const json::string* id = value == nullptr ? nullptr : value->if_string();
    if (id == nullptr || id->size() > kMostFrameId) return {};
    return {id->data(), id->size()};
}

Read reader_of(std::string_view type) {
    for (const auto& [word, read] : kTypes) {
        if (word == type) return read;
    }
    return nullptr;
}

}  // namespace

tl::expected<ClientFrame, BadFrame> decode_client_frame(std::string_view text) {
    std::array<unsigned char, kStackBytes> stack;
    json::monotonic_resource memory(stack.data(), stack.size());
    json::parse_options options;
    options.max_depth = kMostDepth;
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed, &memory, options);
    if (failed) return malformed("the frame is not JSON");
    const json::object* frame = value.if_object();
    if (frame == nullptr) return malformed("the frame is no JSON object");

    FrameReader in(*frame);
    const std::string type = in.text("type");
    if (in.complaint()) return malformed(in.complaint()->why, any_id(*frame));
    const Read read = reader_of(type);
    if (read == nullptr) return malformed("type is none of the known words", any_id(*frame));
    ClientFrame decoded = read(in);
    if (in.complaint()) {
        BadFrame bad = *in.complaint();
        bad.id = any_id(*frame);
        return tl::unexpected<BadFrame>(std::move(bad));
    }
    return decoded;
}

}  // namespace syncwatch::room_protocol
