#include "protocol/http/problem.h"

#include <algorithm>
#include <iterator>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace syncwatch::http {
namespace {

using namespace std::chrono_literals;

struct Entry {
    std::string_view code;
    int status;
    std::string_view title;
    std::string_view detail;
};

/// Every code of the API; the first of a status is its usual word. docs/api.yaml lists the same.
constexpr Entry kEntries[] = {
    {"invalid", 422, "Invalid request", "Something in the request is not right."},
    {"bad_request", 400, "Bad request", "The server could not make sense of the request."},
    {"bad_subtitles", 422, "Subtitles not readable", "This is no SRT, WebVTT or ASS file."},
    {"unauthenticated", 401, "Not signed in", "Sign in, or join as a guest, and try again."},
    {"wrong_credentials", 401, "Wrong name or password", "The user name or the password is wrong."},
    {"bad_ticket", 401, "Ticket not valid", "Join the room again to get a new ticket."},
    {"forbidden", 403, "Not allowed", "You may not do this."},
    {"bad_origin", 403, "Not allowed from here",
     "The request came from another site; open SyncWatch itself and try again."},
    {"wrong_password", 403, "Wrong password", "The password is wrong."},
    {"banned", 403, "Banned", "You are banned from this room."},
    {"signup_closed", 403, "Sign-up is closed", "New accounts are not accepted here."},
    {"invitation_required", 403, "Invitation needed",
     "A new account needs an invitation that is valid and not used yet."},
    {"setup_token_required", 403, "Setup token needed",
     "The first account needs the setup token that the server printed when it started."},
    {"bad_capability", 403, "Link not valid",
     "This link to a film is wrong or no longer valid; open the film again."},
    {"not_found", 404, "Not found", "There is nothing here."},
    {"no_such_room", 404, "No such room", "There is no room with this code."},
    {"no_such_video", 404, "No such film", "There is no film with this id."},
    {"no_such_upload", 404, "No such upload", "This upload ended, or there never was one."},
    {"method_not_allowed", 405, "Method not allowed", "This address does not take that method."},
    {"conflict", 409, "Conflict", "Somebody else changed this meanwhile; look again."},
    {"username_taken", 409, "User name taken", "Choose another user name."},
    {"room_full", 409, "Room is full", "The room has as many people as it takes."},
    {"wrong_offset", 409, "Wrong offset", "Ask where the upload stands, then go on from there."},
    {"not_failed", 409, "Nothing to try again", "This film did not fail."},
    {"original_gone", 409, "Original not kept", "Upload the film again: its file was not kept."},
    {"nothing_to_cancel", 409, "Nothing to cancel", "This film is not being prepared."},
    {"too_many_subtitles", 409, "Too many subtitles", "Remove subtitles before adding more."},
    {"unsupported_version", 412, "Version not supported",
     "Resumable uploads speak tus 1.0.0 here (Tus-Resumable)."},
    {"too_large", 413, "Too large", "The request is larger than the server takes."},
    {"unsupported_media_type", 415, "Wrong content type",
     "The body is not of a type that this address takes."},
    {"taken_over", 423, "Uploaded from elsewhere",
     "Another tab or device goes on with this upload."},
    {"headers_too_large", 431, "Headers too large", "The request's headers are too large."},
    {"too_many_requests", 429, "Too many requests", "Slow down, then try again."},
    {"locked_out", 429, "Locked out", "Too many wrong passwords; wait and try again."},
    {"too_many_uploads", 429, "Too many uploads", "Wait until one of your uploads is done."},
    {"checksum_mismatch", 460, "Checksum mismatch",
     "The part arrived damaged and was thrown away; send it again."},
    {"internal", 500, "Server error", "Something went wrong on the server; it was logged."},
    {"corrupt", 500, "Stored data damaged", "Stored data is damaged; the operator must look."},
    {"unavailable", 503, "Not available", "A part of the service is down; try again soon."},
    {"read_only", 503, "Read only", "The server cannot store anything just now."},
    {"disk_full", 507, "No space left",
     "The server has no space for films just now; what was uploaded is kept."},
    {"timeout", 503, "Took too long", "The server did not finish in time; try again."},
};

/// "no_such_room" tells people more; programs switch on the contract's word.
std::string_view public_code(std::string_view word) {
    return word.starts_with("no_such_") ? "not_found" : word;
}

std::string_view usual_word(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidInput: return "invalid";
        case ErrorCode::Unauthenticated: return "unauthenticated";
        case ErrorCode::NotFound: return "not_found";
        case ErrorCode::Forbidden: return "forbidden";
        case ErrorCode::Conflict: return "conflict";
        case ErrorCode::TooLarge: return "too_large";
        case ErrorCode::Exhausted: return "too_many_requests";
        case ErrorCode::Unavailable:
        case ErrorCode::Timeout:
        case ErrorCode::Cancelled: return "unavailable";
        case ErrorCode::Corrupt: return "corrupt";
        case ErrorCode::Internal: return "internal";
    }
    return "internal";
}

const Entry* find_code(std::string_view word) {
    const auto* found = std::ranges::find(kEntries, word, &Entry::code);
    return found == std::end(kEntries) ? nullptr : found;
}

Problem from_entry(const Entry& entry) {
    Problem problem;
    problem.status = entry.status;
    problem.code = public_code(entry.code);
    problem.title = entry.title;
    problem.detail = entry.detail;
    return problem;
}

}  // namespace

Problem problem_of(const Error& error) {
    const Entry* usual = find_code(usual_word(error.code));
    const Entry* exact = error.reason.empty() ? usual : find_code(error.reason);
    Problem problem = from_entry(exact != nullptr ? *exact : *usual);
    // A reason without an entry keeps its word and the manners of its kind.
    if (exact == nullptr) problem.code = error.reason;
    problem.component = error.component;
    problem.retry_after = error.retry_after;
    if (problem.status == 429 || problem.status == 503) {
        problem.retry_after = std::max(problem.retry_after, 1s);
    }
    if (problem.status == 422) problem.errors = error.fields;
    return problem;
}

Problem problem_of_status(int status, std::string_view code) {
    if (const Entry* entry = find_code(code)) {
        Problem problem = from_entry(*entry);
        problem.status = status;
        return problem;
    }
    const auto* found = std::ranges::find(kEntries, status, &Entry::status);
    if (found == std::end(kEntries)) {
        Problem problem;
        problem.status = status;
        problem.code = code.empty() ? std::string_view("bad_request") : code;
        problem.title = "Bad request";
        problem.detail = "The server could not make sense of the request.";
        return problem;
    }
    Problem problem = from_entry(*found);
    if (!code.empty()) problem.code = code;
    if (status == 429 || status == 503) problem.retry_after = 1s;
    return problem;
}

std::vector<std::string_view> problem_codes() {
    std::vector<std::string_view> codes;
    for (const Entry& each : kEntries) codes.push_back(public_code(each.code));
    return codes;
}

std::string problem_json(const Problem& problem, std::string_view request_id) {
    boost::json::object body;
    body["type"] = std::string("urn:syncwatch:problem:").append(problem.code);
    body["title"] = problem.title;
    body["status"] = problem.status;
    body["code"] = problem.code;
    body["detail"] = problem.detail;
    body["request_id"] = request_id;
    if (!problem.component.empty()) body["component"] = problem.component;
    if (problem.retry_after > 0s) body["retry_after"] = problem.retry_after.count();
    if (problem.status == 422) {
        boost::json::array errors;
        for (const FieldError& each : problem.errors) {
            errors.push_back(boost::json::object{{"field", each.field}, {"message", each.message}});
        }
        body["errors"] = std::move(errors);
    }
    return boost::json::serialize(body);
}

}  // namespace syncwatch::http
