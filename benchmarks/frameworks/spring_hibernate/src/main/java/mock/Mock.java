package mock;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.validator.constraints.UniqueElements;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Mock {
    static final String VALUE = "InvalidParameterValue.";
    static final String NAME = "^[\\u4e00-\\u9fa5A-Za-z0-9_-]*$";

    record Group(
            @JsonProperty("GroupName")
            @NotNull(message = "MissingParameter")
            @Size(min = 1, message = "MissingParameter.ErrorParameterEmpty")
            @Size(max = 60, message = VALUE + "GroupNameTooLong")
            @Pattern(regexp = NAME, message = VALUE + "GroupNameIllegal")
            String name,
            @JsonProperty("GroupId")
            @NotNull(message = "MissingParameter")
            @Size(min = 1, message = "MissingParameter.ErrorParameterEmpty")
            @Size(max = 64, message = VALUE + "GroupIdTooLong")
            @Pattern(regexp = "^[A-Za-z0-9%@#&_-]*$", message = VALUE + "GroupIdIllegal")
            String id,
            @JsonProperty("GroupExDescriptions")
            @Size(max = 5, message = VALUE + "GroupExDescriptionsExceed")
            @UniqueElements(message = VALUE + "GroupExDescriptionsNameIdentical")
            List<
                    @NotEmpty(message = VALUE + "GroupExDescriptionsNameIllegal")
                    @Size(max = 30, message = VALUE + "GroupExDescriptionsNameTooLong")
                    @Pattern(regexp = NAME, message = VALUE + "GroupExDescriptionsNameIllegal")
                    String> descriptions,
            @JsonProperty("Tag")
            @Size(max = 40, message = VALUE + "GroupTagTooLong")
            @Pattern(regexp = NAME, message = VALUE + "GroupTagIllegal")
            String tag,
            @JsonProperty("FaceModelVersion")
            @Pattern(regexp = "2\\.0|3\\.0", message = VALUE + "FaceModelVersionIllegal")
            String version) {}

    final Map<String, Group> groups = new ConcurrentHashMap<>();

    @PostMapping("/")
    synchronized Object create(@Valid @RequestBody Group group) {
        if (groups.containsKey(group.id)) return refused(VALUE + "GroupIdAlreadyExist");
        if (groups.values().stream().anyMatch(each -> each.name.equals(group.name))) return refused(VALUE + "GroupNameAlreadyExist");
        groups.put(group.id, group);
        return answer("FaceModelVersion", group.version == null ? "3.0" : group.version);
    }

    @ExceptionHandler
    Object invalid(MethodArgumentNotValidException error) {
        return refused(error.getFieldError().getDefaultMessage());
    }

    static Object refused(String code) {
        return answer("Error", Map.of("Code", code, "Message", code));
    }

    static Object answer(String name, Object value) {
        return Map.of("Response", Map.of(name, value, "RequestId", UUID.randomUUID().toString()));
    }

    public static void main(String[] words) {
        SpringApplication.run(Mock.class, words);
    }
}
